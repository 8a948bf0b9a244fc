/** The version of Cartesia's interface that is spoken here. */
export const CARTESIA_VERSION = '2025-04-16';
