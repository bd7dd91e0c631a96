/**
 * @file A record without a picture, and the condition `none`, stand for a learned vector instead: "no picture"
 * is then something that the model knows, not a picture of zeros.
 */
import { tf } from '../engine';
import { type ParameterScope, type ParameterSpecification, truncatedNormal } from '../nn';

export function absentPictureSpecifications(width: number): ParameterSpecification[] {
  return [{ name: 'absent_picture', shape: [width], initialize: truncatedNormal(0.02) }];
}

/**
 * Rows [B, Dv] or [B, P, Dv] where `present` [B] is 1, the vector `absent_picture` where it is 0. All rows are the
 * vector, [B, Dv], where `picture` is `null`; all are the picture's where `present` is `null`.
 */
export function orAbsentPicture(
  params: ParameterScope,
  picture: tf.Tensor | null,
  present: tf.Tensor | null,
  batch: number,
): tf.Tensor {
  const absent = params.get('absent_picture');
  if (!picture) return tf.broadcastTo(tf.reshape(absent, [1, -1]), [batch, absent.size]);
  if (!present) return picture;
  const flag = tf.reshape(tf.cast(present, 'float32'), [batch, ...Array(picture.rank - 1).fill(1)]);
  return tf.add(tf.mul(picture, flag), tf.mul(absent, tf.sub(1, flag)));
}
