// Serves the window with a fake core, to look at it in a browser: `npm run dev`, then open `/test/fake/`.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

/** A landscape of three planes, in place of a photo. */
const picture = (hue: number) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="800" viewBox="0 0 12 8">` +
  `<rect width="12" height="8" fill="hsl(${hue} 28% 82%)"/><path d="M0 6 12 2v6H0z" fill="hsl(${hue - 70} 18% 58%)"/>` +
  `<path d="M4 8 12 5v3z" fill="hsl(${hue - 70} 20% 40%)"/></svg>`;

const resources: Plugin = {
  name: 'fake-resources',
  configureServer(server) {
    server.middlewares.use('/resource', (request, response) => {
      const path = request.url ?? '';
      if (path.startsWith('/assets/')) {
        response.setHeader('content-type', 'text/css');
        response.end(readFileSync(resolve(import.meta.dirname, 'fake/page.css')));
      } else {
        response.setHeader('content-type', 'image/svg+xml');
        response.end(picture(205));
      }
    });
  },
};

export default defineConfig({
  root: resolve(import.meta.dirname, '..'),
  plugins: [svelte(), resources],
  server: { port: 5287, strictPort: true },
});
