//! The description that is served is true: every operation is called, and what it answers is held against it.

use galley_model::Sha256;
use galley_model::workflow::Role;
use serde_json::{Value, json};

use crate::house::{House, Reply};

/// A body that the operation can work with.
fn example(path: &str, hello: &Value) -> Value {
    let article = "01930000-0000-7000-8000-000000000001";
    match path {
        "/api/v1/sign-in" => crate::house::by_password("nobody by this name", "not the password"),
        "/api/v1/content" => json!({ "items": [{ "article": article, "peer": "7", "start": 0, "end": 1,
            "sha256": Sha256::of(b"x"), "bytes": "eA==", "at": 0 }] }),
        "/api/v1/intents" => json!({ "items": [{ "no": 1, "intent": {
            "id": "01930000-0000-7000-8000-0000000000aa", "article": article, "kind": "claim", "at": 0 } }] }),
        "/api/v1/changes" => json!({ "limit": 10, "cursor":
            { "newsroom": hello["newsroom"], "epoch": hello["epoch"], "n": 0 } }),
        "/api/v1/updates" => json!({ "wants": [{ "article": article, "after": 0 }] }),
        "/api/v1/versions" => json!({ "articles": [article] }),
        "/api/v1/media" => {
            json!({ "sha256": Sha256::of(b"photo"), "size": 5, "mime": "image/jpeg" })
        }
        "/api/v1/site" => json!({ "version": 1, "settings": { "name": "临湖新闻网" } }),
        "/api/v1/theme" => json!({ "theme": "daily" }),
        _ => Value::Null,
    }
}

#[tokio::test]
async fn every_operation_answers_as_it_is_described() {
    let house = House::new().await;
    let token = house.signed_in("王记者", Role::Reporter).await;
    let hello: Value = house.get("/api/v1/hello", "").await.json();
    let document: Value = house.get("/api/v1/openapi.json", "").await.json();
    let mut n_operations = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            n_operations += 1;
            let what = format!("{method} {path}");
            let target = path.replace("{id}", "01930000-0000-7000-8000-0000000000bb");
            let target = target.replace("{article}", "01930000-0000-7000-8000-000000000001");
            let target = target.replace("{content_hash}", &Sha256::of(b"nothing").to_string());
            let target = target.replace("{sha256}", &Sha256::of(b"nothing").to_string());
            let is_signed = operation.get("security").is_some();
            let body = example(path, &hello);
            let nonsense = if body.is_null() { Value::Null } else { json!({ "nonsense": true }) };
            let (method, target) = (method.to_uppercase(), target.as_str());
            if target.ends_with("/events") {
                let reply = call(&house, &method, target, "", &body).await;
                check(&document, operation, &reply, &what);
                continue;
            }
            // The own token is kept for the other operations.
            let token = if method == "DELETE" { "revoked" } else { &token };
            for (token, body) in [("", &body), ("revoked", &body), (token, &body), (token, &nonsense)] {
                let reply = call(&house, &method, target, token, body).await;
                if is_signed && token.len() < 64 {
                    assert_eq!(reply.status, 401, "{what}");
                }
                check(&document, operation, &reply, &what);
            }
        }
    }
    assert_eq!(n_operations, 21);
}

async fn call(house: &House, method: &str, path: &str, token: &str, body: &Value) -> Reply {
    let bytes = if body.is_null() { Vec::new() } else { serde_json::to_vec(body).unwrap() };
    house.ask(method, path, token, "upload-offset: 0\r\n", &bytes).await
}

#[track_caller]
fn check(document: &Value, operation: &Value, reply: &Reply, what: &str) {
    let described = &operation["responses"][reply.status.to_string()];
    assert!(described.is_object(), "{what} answers {}, which is not described", reply.status);
    let schema = &described["content"]["application/json"]["schema"];
    if schema.is_object() && !reply.body.is_empty() {
        let value: Value = reply.json();
        let wrong = fits(document, schema, &value);
        assert!(wrong.is_ok(), "{what} {}: {} in {value}", reply.status, wrong.unwrap_err());
    }
}

/// Whether a value is what a schema says: as much of JSON Schema as the description uses.
fn fits(document: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let pointer = reference.trim_start_matches('#');
        let schema = document.pointer(pointer).ok_or(format!("{reference} is not there"))?;
        return fits(document, schema, value);
    }
    for (word, at_once) in [("oneOf", false), ("anyOf", false), ("allOf", true)] {
        let Some(parts) = schema[word].as_array() else { continue };
        let mut wrong = parts.iter().filter_map(|part| fits(document, part, value).err());
        match (at_once, wrong.next(), wrong.count() + 1) {
            (true, Some(wrong), _) => return Err(wrong),
            (false, Some(wrong), n) if n == parts.len() => return Err(wrong),
            _ => {}
        }
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(word) => vec![word],
        Value::Array(words) => words.iter().filter_map(Value::as_str).collect(),
        _ => return Ok(()),
    };
    let is = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_i64() || number.is_u64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    if !types.contains(&is) {
        return Err(format!("{value} is no {types:?}"));
    }
    if let Some(words) = schema["enum"].as_array()
        && !words.contains(value)
    {
        return Err(format!("{value} is none of {words:?}"));
    }
    for name in schema["required"].as_array().into_iter().flatten() {
        if value.get(name.as_str().unwrap()).is_none() {
            return Err(format!("{name} is missing"));
        }
    }
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(value) = value.get(name) {
            fits(document, schema, value).map_err(|wrong| format!("{name}: {wrong}"))?;
        }
    }
    value.as_array().into_iter().flatten().try_for_each(|value| fits(document, &schema["items"], value))
}
