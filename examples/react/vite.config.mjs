import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// VITE_VISAVIS_URL=http://127.0.0.1:3000 VITE_EMBED=emb_... npx vite examples/react
export default defineConfig({ plugins: [react()] });
