// The product's bundle: `ui/dist`, loaded by the shell from its own scheme. What stands under `test/` is never in it.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

export default defineConfig({
  base: './',
  plugins: [svelte()],
  build: {
    target: ['es2022', 'safari16'],
    outDir: 'dist',
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    // Most of it is CodeMirror, read from the disk and not from a network.
    chunkSizeWarningLimit: 800,
  },
});
