export * from './agent-properties.ts';
export * from './agents.ts';
export * from './avatars.ts';
export * from './common.ts';
export * from './errors.ts';
export * from './messages.ts';
export * from './sessions.ts';
export * from './voices.ts';
