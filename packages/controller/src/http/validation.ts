import { ERRORS, PeristaError } from '@perista/core';
import type { FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';
import { WrongFields } from '../wrong-fields.ts';
import { fieldErrors } from './field-errors.ts';

/** Checks parts of a request by their zod schemas: nothing is coerced, stripped or filled in but by the schema itself. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  return (data) => {
    const result = schema.safeParse(data ?? undefined, { reportInput: true });
    return result.success ? { value: result.data } : { error: errorOf(httpPart, data, result.error) };
  };
};

/** An id that cannot exist is not found; a body that is not there is not JSON; all else is wrong fields. */
function errorOf(httpPart: string | undefined, data: unknown, error: z.ZodError): PeristaError {
  const errors = fieldErrors(error);
  if (httpPart === 'params') {
    const rules = errors.map(({ path, message }) => `${path} ${message}`).join('; ');
    return new PeristaError('E404', `${ERRORS.E404.title}: ${rules}`);
  }
  if (httpPart === 'body' && (data === undefined || data === null)) {
    return new PeristaError('E400', `${ERRORS.E400.title}: the body is empty`);
  }
  return new WrongFields(errors);
}
