import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import styles from './Plot.module.css';
import { type Paint, usePaint } from './paint.ts';

export type PlotOptions = Omit<uPlot.Options, 'width' | 'height' | 'legend'>;

interface PlotProps {
  /** What it shows, for those who do not see it; its figures stand in a table beside it. */
  readonly label: string;
  readonly data: uPlot.AlignedData;
  /** Stable between renders unless the plot shall be drawn anew. */
  readonly options: (paint: Paint) => PlotOptions;
  readonly height?: number;
  /** Which column the pointer is on; null when it left. */
  readonly onPoint?: (index: number | null) => void;
}

/** A plot as wide as its place, in the colours of the theme. */
export function Plot({ label, data, options, height = 220, onPoint }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const paint = usePaint();
  const point = useRef(onPoint);
  point.current = onPoint;
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const plot = new uPlot(
      {
        ...options(paint),
        width: element.clientWidth,
        height,
        legend: { show: false },
        hooks: { setCursor: [({ cursor }) => point.current?.(cursor.idx ?? null)] },
      },
      data,
      element,
    );
    const resizing = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    resizing.observe(element);
    return () => {
      resizing.disconnect();
      plot.destroy();
    };
  }, [data, options, paint, height]);
  return <div ref={place} role="img" aria-label={label} className={styles.plot} style={{ minBlockSize: height }} />;
}
