// The window over a fake core. What is asked for in the address decides what it shows (`?lang=en&theme=dark`).
import { installFakeCore } from './core';

installFakeCore(new URLSearchParams(location.search));
await import('../../src/main');
await import('./scenes');
