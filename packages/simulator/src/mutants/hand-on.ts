/** Service objects have their methods on their class: what is not changed is handed on. */
export const handOn = <Service extends object>(service: Service, change: Partial<Service>): Service =>
  new Proxy(service, {
    get(target, name) {
      const changed = (change as Record<PropertyKey, unknown>)[name];
      if (changed !== undefined) return changed;
      const own = Reflect.get(target, name, target) as unknown;
      return typeof own === 'function' ? own.bind(target) : own;
    },
  });
