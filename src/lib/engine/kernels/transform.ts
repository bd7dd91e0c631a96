/** @file Projective transforms of pictures [N, H, W, C]: each new pixel is read at a place that eight numbers give. */
import {
  add,
  binary,
  cast,
  clip,
  divide,
  gather,
  multiply,
  range,
  reshape,
  slice,
  subtract,
  unary,
  where,
} from '../graph/emit';
import type { Graph, Value } from '../graph/graph';
import { defineKernel } from './kernel';

type FillMode = 'constant' | 'reflect' | 'wrap' | 'nearest';

interface TransformAttributes {
  interpolation: 'nearest' | 'bilinear';
  fillMode: FillMode;
  fillValue: number;
  outputShape?: [number, number];
}

/** A place beyond the ends of an axis of `length` brought back within them, as the mode says. */
function bringBack(graph: Graph, place: Value, length: number, mode: FillMode): Value {
  const number = (value: number) => graph.scalar(value);
  const within = (value: Value) => clip(graph, value, 0, length - 1);
  if (mode === 'constant') return place;
  if (mode === 'nearest' || length <= 1) return within(place);
  const truncated = (value: Value) => cast(graph, cast(graph, value, 'int32'), 'float32');
  const below = binary(graph, 'Less', place, number(0));
  if (mode === 'wrap') {
    const rounds = (value: Value) => truncated(divide(graph, value, number(length - 1)));
    const up = add(graph, rounds(unary(graph, 'Neg', place)), number(1));
    const raised = add(graph, place, multiply(graph, up, number(length)));
    const over = binary(graph, 'Greater', place, number(length - 1));
    const lowered = subtract(graph, place, multiply(graph, rounds(place), number(length)));
    return within(where(graph, below, raised, where(graph, over, lowered, place)));
  }
  // reflect: [abcd] continues as dcba|abcd|dcba, with the period 2·length.
  const turned = where(graph, below, subtract(graph, number(-1), place), place);
  const period = binary(graph, 'Mod', turned, number(2 * length), { fmod: 1 });
  const back = subtract(graph, number(2 * length - 1), period);
  return within(where(graph, binary(graph, 'GreaterOrEqual', period, number(length)), back, period));
}

defineKernel('Transform', ({ graph, input, attributes }) => {
  const [image, transforms] = [cast(graph, input('image'), 'float32'), input('transforms')];
  const { interpolation, fillMode, fillValue, outputShape } = attributes as unknown as TransformAttributes;
  const [n, height, width, channels] = image.shape as [number, number, number, number];
  const [rows, columns] = outputShape ?? [height, width];
  const coefficient = (i: number) =>
    reshape(graph, slice(graph, transforms, [0, i], [transforms.shape[0] as number, 1]), [
      transforms.shape[0] as number,
      1,
      1,
    ]);
  const y = reshape(graph, cast(graph, range(graph, rows), 'float32'), [1, rows, 1]);
  const x = reshape(graph, cast(graph, range(graph, columns), 'float32'), [1, 1, columns]);
  const plane = (a: Value, b: Value, c: Value) =>
    add(graph, add(graph, multiply(graph, a, x), multiply(graph, b, y)), c);
  const [a0, a1, a2, b0, b1, b2, c0, c1] = Array.from({ length: 8 }, (_, i) => coefficient(i)) as [
    Value,
    Value,
    Value,
    Value,
    Value,
    Value,
    Value,
    Value,
  ];
  const projection = plane(c0, c1, graph.scalar(1));
  const nowhere = binary(graph, 'Equal', projection, graph.scalar(0));
  const divisor = where(graph, nowhere, graph.scalar(1), projection);
  const across = bringBack(graph, divide(graph, plane(a0, a1, a2), divisor), width, fillMode);
  const down = bringBack(graph, divide(graph, plane(b0, b1, b2), divisor), height, fillMode);

  const pixels = reshape(graph, image, [n * height * width, channels]);
  const first = graph.constant(
    Int32Array.from({ length: n }, (_, i) => i * height * width),
    'int32',
    [n, 1, 1],
  );
  const last = (value: Value) => reshape(graph, value, [...value.shape, 1]);
  /** Pixels at whole rows and columns, the fill value outside: [N, rows, columns, C]. */
  const read = (row: Value, column: Value) => {
    const outside = (place: Value, size: number) =>
      binary(
        graph,
        'Or',
        binary(graph, 'Less', place, graph.scalar(0)),
        binary(graph, 'Greater', place, graph.scalar(size - 1)),
      );
    const beyond = binary(graph, 'Or', outside(row, height), outside(column, width));
    const at = add(
      graph,
      multiply(graph, clip(graph, row, 0, height - 1), graph.scalar(width)),
      clip(graph, column, 0, width - 1),
    );
    const found = gather(graph, pixels, add(graph, cast(graph, at, 'int32'), first), 0);
    return where(graph, last(beyond), graph.scalar(fillValue), found);
  };
  const floor = (value: Value) => unary(graph, 'Floor', value);
  const half = graph.scalar(0.5);
  const between = (a: Value, b: Value, share: Value) =>
    add(graph, a, multiply(graph, subtract(graph, b, a), last(share)));
  const next = (value: Value) => add(graph, value, graph.scalar(1));
  const [top, left] = [floor(down), floor(across)];
  const along = (row: Value) =>
    between(read(row, left), read(row, next(left)), subtract(graph, across, left));
  const found =
    interpolation === 'nearest'
      ? read(floor(add(graph, down, half)), floor(add(graph, across, half)))
      : between(along(top), along(next(top)), subtract(graph, down, top));
  return where(graph, last(nowhere), graph.scalar(fillValue), found);
});
