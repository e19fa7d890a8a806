// Serves the editor alone, with a core in memory, to try it in a browser: `npx vite --config test/editor/vite.config.ts`.
import { defineConfig } from 'vite';

export default defineConfig({ root: new URL('../..', import.meta.url).pathname });
