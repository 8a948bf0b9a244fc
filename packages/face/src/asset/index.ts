export * from './asset-file.ts';
