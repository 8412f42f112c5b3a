/** The server's rule for passwords, said before it is broken. */
export const LEAST_PASSWORD_CHARACTERS = 8;
