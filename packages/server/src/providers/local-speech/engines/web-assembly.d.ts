/** The part of the JavaScript API of WebAssembly that flite needs; Node's types leave it to the browser's. */
declare global {
  namespace WebAssembly {
    interface Module {
      /** Types alone cannot tell a module from any object. */
      readonly [Symbol.toStringTag]: string;
    }
    const Module: { imports(module: Module): Array<{ module: string; name: string; kind: string }> };
    class Instance {
      constructor(module: Module, imports: Imports);
      readonly exports: Record<string, unknown>;
    }
    interface Memory {
      readonly buffer: ArrayBuffer;
    }
    type Imports = Record<string, Record<string, unknown>>;
    function compile(bytes: Uint8Array): Promise<Module>;
  }
}

export {};
