// `npm run models -- list|pull|verify|remove [name]`: the local models, without a running server.
import './build-if-possible.mjs';

await import('../packages/server/dist/models-main.js');
