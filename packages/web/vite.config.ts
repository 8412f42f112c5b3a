import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `vite` alone serves the GUI in development and hands the API of a unit that runs beside it through. */
const unit = 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react()],
  build: { target: 'es2023', assetsInlineLimit: 0 },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': { target: unit, changeOrigin: false }, '/socket.io': { target: unit, ws: true } },
  },
});
