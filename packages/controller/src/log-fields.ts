import type { PeristaError } from '@perista/core';

/** A failure as the log shows it. */
export const failureFields = ({ code, message, details }: PeristaError) => ({ ...details, code, reason: message });
