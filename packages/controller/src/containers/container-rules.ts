import { formatNumber } from '@perista/core';
import type { RefillRequest } from '@perista/protocol/api';
import { type FieldError, WrongFields } from '../wrong-fields.ts';
import type { ContainerRecord } from './container-row.ts';

/** Levels are sums with rounding; a hair more than full is still full. */
const ROUNDING_ML = 1e-6;

type Marks = Pick<ContainerRecord, 'capacityMl' | 'levelMl' | 'lowMl' | 'emptyMl'>;

/** @throws WrongFields (E402) naming each mark that does not fit the others */
export function assertMarksFit(
  { capacityMl, levelMl, lowMl, emptyMl }: Marks,
  levelKey: 'level_ml' | 'capacity_ml',
): void {
  const errors: FieldError[] = [];
  const refuse = (path: string, rule: string, value: number) =>
    errors.push({ path, message: `${rule}; it is ${formatNumber(value)}` });
  if (levelMl > capacityMl + ROUNDING_ML) {
    const [level, capacity] = [formatNumber(levelMl), formatNumber(capacityMl)];
    if (levelKey === 'level_ml') refuse(levelKey, `must be at most capacity_ml, ${capacity}`, levelMl);
    else refuse(levelKey, `must be at least the level, ${level} ml`, capacityMl);
  }
  if (lowMl >= capacityMl) refuse('low_ml', `must be less than capacity_ml, ${formatNumber(capacityMl)}`, lowMl);
  if (emptyMl > lowMl) refuse('empty_ml', `must be at most low_ml, ${formatNumber(lowMl)}`, emptyMl);
  if (errors.length > 0) throw new WrongFields(errors);
}

/** @throws WrongFields (E402) for more than the container holds */
export function assertFits(
  request: RefillRequest,
  { capacityMl, levelMl }: Pick<Marks, 'capacityMl' | 'levelMl'>,
): void {
  const { rest_ml, added_ml } = request;
  const capacity = formatNumber(capacityMl);
  if (rest_ml !== undefined && rest_ml > capacityMl + ROUNDING_ML) {
    const message = `must be at most the capacity, ${capacity} ml; it is ${formatNumber(rest_ml)}`;
    throw new WrongFields([{ path: 'rest_ml', message }]);
  }
  const beforeMl = rest_ml ?? levelMl;
  if (added_ml === undefined || beforeMl + added_ml <= capacityMl + ROUNDING_ML) return;
  const total = formatNumber(beforeMl + added_ml);
  const known = rest_ml === undefined ? 'booked' : 'measured';
  const advice =
    rest_ml === undefined ? '; if that is what went in, measure the rest before it and send rest_ml too, or full' : '';
  const message = `makes ${total} ml with the ${formatNumber(beforeMl)} ml ${known} to be left, and the capacity is ${capacity} ml${advice}`;
  throw new WrongFields([{ path: 'added_ml', message }]);
}
