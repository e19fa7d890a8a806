//! As much of the WebDriver protocol as the tests speak.

use std::time::Duration;

use serde_json::{Value, json};

/// A WebDriver session.
pub struct Session {
    agent: ureq::Agent,
    address: String,
}

/// An element of the page, by the name the driver gave it.
#[derive(Clone, Debug, PartialEq)]
pub struct ElementId(pub String);

impl ElementId {
    /// The element as an argument of a script.
    pub fn to_value(&self) -> Value {
        json!({ ELEMENT: self.0 })
    }
}

/// The key under which WebDriver hands out elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

impl Session {
    /// Asks the driver at `driver` (`http://127.0.0.1:port`) for a session.
    pub fn start(driver: &str, capabilities: &Value) -> Result<Self, String> {
        let agent = agent();
        let answer = call(&agent, "POST", &format!("{driver}/session"), Some(capabilities))?;
        let id = answer["sessionId"].as_str().ok_or_else(|| format!("no session: {answer}"))?;
        Ok(Self { address: format!("{driver}/session/{id}"), agent })
    }

    /// Runs a function body in the page with `arguments`.
    pub fn script(&self, body: &str, arguments: &[Value]) -> Result<Value, String> {
        self.post("execute/sync", &json!({ "script": body, "args": arguments }))
    }

    /// Runs a function body whose last argument is called with the result.
    pub fn script_async(&self, body: &str, arguments: &[Value]) -> Result<Value, String> {
        self.post("execute/async", &json!({ "script": body, "args": arguments }))
    }

    /// The elements a script returned.
    pub fn elements(&self, body: &str, arguments: &[Value]) -> Result<Vec<ElementId>, String> {
        let found = self.script(body, arguments)?;
        let list = found.as_array().cloned().unwrap_or_default();
        Ok(list.iter().filter_map(|one| one[ELEMENT].as_str()).map(|id| ElementId(id.to_owned())).collect())
    }

    /// The role the browser itself computes.
    pub fn role(&self, element: &ElementId) -> Result<String, String> {
        self.get(&format!("element/{}/computedrole", element.0)).map(text)
    }

    /// The accessible name the browser itself computes.
    pub fn name(&self, element: &ElementId) -> Result<String, String> {
        self.get(&format!("element/{}/computedlabel", element.0)).map(text)
    }

    /// What a person reads there.
    pub fn text(&self, element: &ElementId) -> Result<String, String> {
        self.get(&format!("element/{}/text", element.0)).map(text)
    }

    /// Clicks in its middle.
    pub fn click(&self, element: &ElementId) -> Result<(), String> {
        self.post(&format!("element/{}/click", element.0), &json!({})).map(drop)
    }

    /// Types where the focus is. Keys beyond the characters are WebDriver's private-use code points.
    pub fn type_keys(&self, keys: &str) -> Result<(), String> {
        let strokes: Vec<Value> = keys
            .chars()
            .flat_map(|key| {
                let key = key.to_string();
                [json!({ "type": "keyDown", "value": key }), json!({ "type": "keyUp", "value": key })]
            })
            .collect();
        self.act(&strokes)
    }

    /// Presses keys together, such as Control and s.
    pub fn chord(&self, keys: &[&str]) -> Result<(), String> {
        let down = keys.iter().map(|key| json!({ "type": "keyDown", "value": key }));
        let up = keys.iter().rev().map(|key| json!({ "type": "keyUp", "value": key }));
        self.act(&down.chain(up).collect::<Vec<_>>())
    }

    fn act(&self, strokes: &[Value]) -> Result<(), String> {
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": strokes });
        self.post("actions", &json!({ "actions": [keyboard] })).map(drop)
    }

    /// Opens an address.
    pub fn go(&self, address: &str) -> Result<(), String> {
        self.post("url", &json!({ "url": address })).map(drop)
    }

    /// Makes the window so large, in pixels of the screen.
    pub fn resize(&self, width: u32, height: u32) -> Result<(), String> {
        self.post("window/rect", &json!({ "x": 0, "y": 0, "width": width, "height": height })).map(drop)
    }

    /// A picture of the page, PNG.
    pub fn screenshot(&self) -> Result<Vec<u8>, String> {
        let encoded = self.get("screenshot").map(text)?;
        Ok(base64_decoded(&encoded))
    }

    fn get(&self, path: &str) -> Result<Value, String> {
        call(&self.agent, "GET", &format!("{}/{path}", self.address), None)
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value, String> {
        call(&self.agent, "POST", &format!("{}/{path}", self.address), Some(body))
    }
}

/// An HTTP client that gives up after a minute and takes every status for an answer.
pub fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(60)))
        .http_status_as_error(false)
        .build()
        .into()
}

fn call(agent: &ureq::Agent, method: &str, address: &str, body: Option<&Value>) -> Result<Value, String> {
    let sent = match (method, body) {
        ("GET", _) => agent.get(address).call(),
        (_, body) => agent
            .post(address)
            .content_type("application/json; charset=utf-8")
            .send(body.unwrap_or(&Value::Null).to_string()),
    };
    let mut answer = sent.map_err(|error| format!("{method} {address}: {error}"))?;
    let status = answer.status();
    let text = answer.body_mut().read_to_string().map_err(|error| format!("{method} {address}: {error}"))?;
    let value: Value =
        serde_json::from_str(&text).map_err(|_| format!("{method} {address}: {status} {text}"))?;
    if status.is_success() {
        return Ok(value["value"].clone());
    }
    Err(format!("{method} {address}: {} {}", value["value"]["error"], value["value"]["message"]))
}

fn text(value: Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn base64_decoded(text: &str) -> Vec<u8> {
    let digits = text.bytes().filter_map(|byte| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    });
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::with_capacity(text.len() / 4 * 3));
    for digit in digits {
        bits = (bits << 6) | u32::from(digit);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xff).unwrap_or_default());
        }
    }
    bytes
}

#[test]
fn pictures_come_through_whole() {
    for (encoded, decoded) in [("", ""), ("TQ==", "M"), ("TWE=", "Ma"), ("TWFu", "Man"), ("TWFuTQ==", "ManM")]
    {
        assert_eq!(base64_decoded(encoded), decoded.as_bytes());
    }
}
