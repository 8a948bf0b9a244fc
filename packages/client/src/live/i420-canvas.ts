/** Shows I420 pictures on a canvas. */
export interface I420Canvas {
  /** Does nothing while the browser has taken the graphics context away; what was shown last comes back with it. */
  show(picture: Uint8Array): void;
  dispose(): void;
}

const VERTICES = `#version 300 es
out vec2 place;
void main() {
  // One triangle that covers everything.
  vec2 corner = vec2(float((gl_VertexID << 1) & 2), float(gl_VertexID & 2));
  place = vec2(corner.x, 1.0 - corner.y);
  gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}`;

/** ITU-R BT.601, limited range. */
const COLOURS = `#version 300 es
precision highp float;
uniform sampler2D planeY, planeU, planeV;
in vec2 place;
out vec4 colour;
void main() {
  float y = (texture(planeY, place).r * 255.0 - 16.0) / 219.0;
  float u = (texture(planeU, place).r * 255.0 - 128.0) / 224.0;
  float v = (texture(planeV, place).r * 255.0 - 128.0) / 224.0;
  colour = vec4(y + 1.402 * v, y - 0.344136 * u - 0.714136 * v, y + 1.772 * u, 1.0);
}`;

/** What pictures are shown with, until the browser takes it away. */
interface Screen {
  show(picture: Uint8Array): void;
  free(): void;
}

/** Undefined where the browser has no WebGL 2. The canvas gets the size of the pictures; how large it appears is a matter of style. */
export function createI420Canvas(canvas: HTMLCanvasElement, width: number, height: number): I420Canvas | undefined {
  canvas.width = width;
  canvas.height = height;
  const gl = canvas.getContext('webgl2', { alpha: false, antialias: false, depth: false, powerPreference: 'low-power' });
  if (!gl) return undefined;
  let last: Uint8Array | undefined;
  let screen: Screen | undefined = gl.isContextLost() ? undefined : createScreen(gl, width, height);

  const removers = new AbortController();
  const { signal } = removers;
  canvas.addEventListener(
    'webglcontextlost',
    (event) => {
      // Else it never comes back.
      event.preventDefault();
      screen = undefined;
    },
    { signal },
  );
  canvas.addEventListener(
    'webglcontextrestored',
    () => {
      screen = createScreen(gl, width, height);
      if (last) screen.show(last);
    },
    { signal },
  );

  return {
    show(picture) {
      last = picture;
      screen?.show(picture);
    },
    dispose() {
      removers.abort();
      screen?.free();
      screen = undefined;
    },
  };
}

function createScreen(gl: WebGL2RenderingContext, width: number, height: number): Screen {
  const program = programOf(gl);
  const planes = [
    { name: 'planeY', width, height },
    { name: 'planeU', width: width / 2, height: height / 2 },
    { name: 'planeV', width: width / 2, height: height / 2 },
  ];
  gl.useProgram(program);
  gl.viewport(0, 0, width, height);
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  const textures = planes.map((plane, unit) => {
    const texture = gl.createTexture();
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R8, plane.width, plane.height);
    for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE);
    for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, filter, gl.LINEAR);
    gl.uniform1i(gl.getUniformLocation(program, plane.name), unit);
    return texture;
  });

  return {
    show(picture) {
      let from = 0;
      for (const [unit, plane] of planes.entries()) {
        gl.activeTexture(gl.TEXTURE0 + unit);
        gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, plane.width, plane.height, gl.RED, gl.UNSIGNED_BYTE, picture, from);
        from += plane.width * plane.height;
      }
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    },
    free() {
      for (const texture of textures) gl.deleteTexture(texture);
      gl.deleteProgram(program);
    },
  };
}

function programOf(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, VERTICES],
    [gl.FRAGMENT_SHADER, COLOURS],
  ] as const) {
    const shader = gl.createShader(type);
    // Only a lost context has none; it comes back, and then this is done again.
    if (!shader) continue;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost())
    throw new Error(`The picture cannot be coloured: ${gl.getProgramInfoLog(program)}`);
  return program;
}
