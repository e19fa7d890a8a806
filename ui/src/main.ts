// Starts the window.
import { mount } from 'svelte';
import './styles/tokens.css';
import './styles/base.css';
import './styles/facts.css';
import Window from './parts/Window.svelte';
import { begin, listen } from './state/start';

// A file dropped beside the text must not make the window navigate to it.
for (const name of ['dragover', 'drop'] as const) {
  window.addEventListener(name, (event) => event.preventDefault());
}

const listening = listen();
const target = document.getElementById('window');
if (target) mount(Window, { target });
void listening.then(begin);
