/**
 * Whether a position comes after another one of the same channel. Positions of different epochs can not be compared:
 * the channel started anew, so what comes now is new.
 */
export function isAfter(position: string, other: string | undefined): boolean {
  if (other === undefined) {
    return true;
  }
  const [epoch, offset] = split(position);
  const [otherEpoch, otherOffset] = split(other);
  return epoch !== otherEpoch || offset > otherOffset;
}

function split(position: string): [epoch: string, offset: number] {
  const hyphen = position.lastIndexOf('-');
  return [position.slice(0, hyphen), Number(position.slice(hyphen + 1))];
}
