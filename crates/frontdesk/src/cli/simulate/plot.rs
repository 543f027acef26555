//! The report as a drawing: waits and service level over the time, and what each agent had to do.

use std::ops::Range;
use std::time::Duration;

use anyhow::anyhow;
use frontdesk_core::simulation::Report;
use plotters::coord::Shift;
use plotters::prelude::*;

const SIZE: (u32, u32) = (960, 1_080);
const WAITS: RGBColor = RGBColor(31, 97, 141);
const LEVEL: RGBColor = RGBColor(30, 132, 73);
const LOAD: RGBColor = RGBColor(175, 96, 26);

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Draws a report as SVG.
pub(super) fn draw(report: &Report) -> anyhow::Result<String> {
    let mut drawing = String::new();
    {
        let root = SVGBackend::with_string(&mut drawing, SIZE).into_drawing_area();
        root.fill(&WHITE)?;
        let [waits, level, load] = split(&root)?;
        let hour = |from: u64| Duration::from_secs(from).as_secs_f64() / 3_600.0;
        let points = |of: fn(&frontdesk_core::simulation::Stretch) -> f64| {
            report.stretches.iter().map(|stretch| (hour(stretch.from), of(stretch))).collect::<Vec<_>>()
        };
        let means = points(|stretch| stretch.mean_wait);
        let longest = means.iter().map(|(_, wait)| *wait).fold(1.0, f64::max);
        line(&waits, "Mean wait of those who came, in seconds", &means, 0.0..longest * 1.05, WAITS)?;
        let levels = points(|stretch| stretch.service_level * 100.0);
        let title = format!("Answered within {} s, in percent", report.threshold);
        line(&level, &title, &levels, 0.0..105.0, LEVEL)?;
        loads(&load, report)?;
        root.present()?;
    }
    Ok(drawing)
}

fn split<'a>(root: &Area<'a>) -> anyhow::Result<[Area<'a>; 3]> {
    <[Area<'a>; 3]>::try_from(root.split_evenly((3, 1))).map_err(|_| anyhow!("the drawing was not split"))
}

fn line(
    area: &Area<'_>,
    title: &str,
    points: &[(f64, f64)],
    values: Range<f64>,
    colour: RGBColor,
) -> anyhow::Result<()> {
    let end = points.last().map_or(1.0, |(hour, _)| *hour).max(0.1);
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 20))
        .margin(16)
        .x_label_area_size(40)
        .y_label_area_size(64)
        .build_cartesian_2d(0.0..end, values)?;
    chart.configure_mesh().light_line_style(WHITE).x_desc("hours since the start").draw()?;
    chart.draw_series(LineSeries::new(points.iter().copied(), colour.stroke_width(2)))?;
    Ok(())
}

/// One bar for each agent, in the order of their names.
fn loads(area: &Area<'_>, report: &Report) -> anyhow::Result<()> {
    let names: Vec<&String> = report.agents.keys().collect();
    let mut chart = ChartBuilder::on(area)
        .caption("Load of each agent, in percent of the capacity", ("sans-serif", 20))
        .margin(16)
        .x_label_area_size(40)
        .y_label_area_size(64)
        .build_cartesian_2d((0..names.len().saturating_sub(1)).into_segmented(), 0.0..105.0)?;
    let name = |place: &SegmentValue<usize>| match place {
        SegmentValue::CenterOf(place) => names.get(*place).map(|name| (*name).clone()).unwrap_or_default(),
        SegmentValue::Exact(_) | SegmentValue::Last => String::new(),
    };
    chart
        .configure_mesh()
        .light_line_style(WHITE)
        .disable_x_mesh()
        .x_labels(names.len().clamp(1, 12))
        .x_label_formatter(&name)
        .draw()?;
    let bars = report.agents.values().enumerate().map(|(place, agent)| {
        let (from, to) = (SegmentValue::Exact(place), SegmentValue::Exact(place + 1));
        let mut bar = Rectangle::new([(from, 0.0), (to, agent.load * 100.0)], LOAD.filled());
        bar.set_margin(0, 0, 2, 2);
        bar
    });
    chart.draw_series(bars)?;
    Ok(())
}
