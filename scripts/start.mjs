// `npm start`: builds what has changed, then runs the server in this very process.
import './build-if-possible.mjs';

process.setSourceMapsEnabled(true);
await import('../packages/server/dist/main.js');
