import { describe, expect, it } from 'vitest';
import { newPicture, type Picture, textureFromRgb, textureFromRgba } from './picture.ts';
import { drawMesh, type Mesh } from './textured-mesh.ts';

/** Repeatable numbers from 0 to 1. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 8) / 2 ** 24;
  };
}

/** A grid over the whole picture; inner points are moved by up to `wildness` cells. */
function gridMesh(width: number, height: number, cells: number, wildness: number, random: () => number): Mesh {
  const side = cells + 1;
  const positions = new Float32Array(2 * side * side);
  const textureCoordinates = new Float32Array(2 * side * side);
  const triangles: number[] = [];
  for (let row = 0; row <= cells; row++) {
    for (let column = 0; column <= cells; column++) {
      const point = row * side + column;
      const x = (column / cells) * width;
      const y = (row / cells) * height;
      const inner = row > 0 && column > 0 && row < cells && column < cells;
      textureCoordinates.set([x, y], 2 * point);
      positions.set(
        [
          x + (inner ? (random() * 2 - 1) * wildness * (width / cells) : 0),
          y + (inner ? (random() * 2 - 1) * wildness * (height / cells) : 0),
        ],
        2 * point,
      );
      if (row < cells && column < cells) {
        triangles.push(point, point + 1, point + side, point + 1, point + side + 1, point + side);
      }
    }
  }
  return { positions, textureCoordinates, triangles: Uint16Array.from(triangles) };
}

function planes(picture: Picture): Uint8Array[] {
  return [picture.y, picture.u, picture.v];
}

function photo(width: number, height: number): Uint8Array {
  const rgb = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const at = 3 * (row * width + column);
      rgb[at] = 128 + 100 * Math.sin(column / 9);
      rgb[at + 1] = 128 + 100 * Math.cos(row / 7);
      rgb[at + 2] = (column * 255) / width;
    }
  }
  return rgb;
}

describe('a textured mesh', () => {
  it('covers every pixel exactly once while its triangles do not fold', () => {
    // With a texture of alpha 1/2 over itself a pixel drawn twice would be brighter than one drawn once.
    const random = randomOf(1);
    const texture = textureFromRgba(
      64,
      64,
      new Uint8Array(64 * 64 * 4).map((_, index) => (index % 4 === 3 ? 128 : 255)),
    );
    for (let round = 0; round < 60; round++) {
      const width = 64 + 2 * Math.floor(random() * 40);
      const height = 64 + 2 * Math.floor(random() * 40);
      const mesh = gridMesh(width, height, 9, 0.3, random);
      const picture = newPicture(width, height);
      drawMesh(
        picture,
        { ...texture, width: 64, height: 64 },
        { ...mesh, textureCoordinates: mesh.textureCoordinates.map(() => 32) },
      );
      for (const plane of planes(picture)) expect(new Set(plane).size).toBe(1);
    }
  });

  it('leaves no hole however wildly inner points are moved', () => {
    const random = randomOf(2);
    const texture = textureFromRgb(64, 64, new Uint8Array(64 * 64 * 3).fill(255));
    for (let round = 0; round < 100; round++) {
      const mesh = gridMesh(128, 96, 8, 8, random);
      const picture = newPicture(128, 96);
      drawMesh(picture, texture, mesh);
      expect(picture.y.every((value) => value === 235)).toBe(true);
      expect(picture.u.every((value) => value === 128)).toBe(true);
    }
  });

  it('shows the texture unchanged where nothing is moved', () => {
    const texture = textureFromRgb(96, 64, photo(96, 64));
    const picture = newPicture(96, 64);
    drawMesh(picture, texture, gridMesh(96, 64, 7, 0, randomOf(3)));
    planes(picture).forEach((plane, index) => {
      const expected = planes(texture)[index]!;
      expect(Math.max(...plane.map((value, at) => Math.abs(value - expected[at]!)))).toBeLessThanOrEqual(1);
    });
  });

  it('scales a texture without shifting its brightness or colour', () => {
    const texture = textureFromRgb(96, 96, photo(96, 96));
    const picture = newPicture(200, 150);
    const mesh = gridMesh(200, 150, 6, 0, randomOf(4));
    const textureCoordinates = mesh.textureCoordinates.map((value, index) =>
      index % 2 === 0 ? (value * 96) / 200 : (value * 96) / 150,
    );
    drawMesh(picture, texture, { ...mesh, textureCoordinates });
    planes(picture).forEach((plane, index) => {
      const mean = (values: Uint8Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
      expect(Math.abs(mean(plane) - mean(planes(texture)[index]!))).toBeLessThan(0.3);
    });
  });

  it('draws only the region and the triangles that are wanted', () => {
    const texture = textureFromRgb(64, 64, new Uint8Array(64 * 64 * 3).fill(255));
    const mesh = gridMesh(64, 64, 2, 0, randomOf(5));
    const picture = newPicture(64, 64);
    drawMesh(picture, texture, mesh, { region: { left: 10, top: 20, right: 30, bottom: 40 } });
    expect(picture.y.filter((value) => value === 235)).toHaveLength(20 * 20);
    expect(picture.u.filter((value) => value === 128)).toHaveLength(10 * 10);
    picture.y.fill(0);
    const wanted = new Uint8Array(8);
    wanted[0] = 1;
    wanted[1] = 1;
    drawMesh(picture, texture, mesh, { wanted });
    expect(picture.y.filter((value) => value === 235)).toHaveLength(32 * 32);
  });

  it('lets what is behind shine through without a dark or green fringe', () => {
    // Opaque white left, nothing right; the colour where nothing is must not matter.
    const rgba = new Uint8Array(64 * 64 * 4);
    for (let at = 0; at < 64 * 64; at++) rgba.set(at % 64 < 32 ? [255, 255, 255, 255] : [0, 200, 0, 0], 4 * at);
    const behind = newPicture(64, 64);
    behind.y.fill(235);
    behind.u.fill(128);
    behind.v.fill(128);
    const picture = newPicture(64, 64);
    const mesh = gridMesh(64, 64, 4, 0.2, randomOf(6));
    drawMesh(picture, textureFromRgba(64, 64, rgba), mesh, { behind });
    expect(Math.min(...picture.y)).toBeGreaterThanOrEqual(234);
    expect(Math.min(...picture.u)).toBeGreaterThanOrEqual(127);
    expect(Math.max(...picture.v)).toBeLessThanOrEqual(129);
  });

  it('survives positions far outside and triangles without area', () => {
    const texture = textureFromRgb(64, 64, photo(64, 64));
    const picture = newPicture(64, 64);
    const positions = Float32Array.from([-1e6, -1e6, 1e6, -1e6, 0, 1e6, 5, 5, 5, 5, 60, 60]);
    const textureCoordinates = Float32Array.from([0, 0, 64, 0, 32, 64, 0, 0, 64, 64, 1, 1]);
    drawMesh(picture, texture, { positions, textureCoordinates, triangles: Uint16Array.of(0, 1, 2, 3, 4, 5) });
    expect(picture.y.every((value) => value >= 16)).toBe(true);
  });

  it('refuses textures whose sides or bytes do not fit', () => {
    expect(() => textureFromRgb(63, 64, new Uint8Array(63 * 64 * 3))).toThrow(/odd side/);
    expect(() => textureFromRgb(64, 64, new Uint8Array(5))).toThrow(/no picture/);
  });
});
