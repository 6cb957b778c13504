import PushServer

/// A bar on stderr, where that is a terminal.
struct FileProgress {
    /// Of the file; nil where nobody knows.
    let bytes: Int64?
    private let started = ContinuousClock.now

    init(bytes: Int64?) { self.bytes = bytes }

    func show(_ progress: DeviceFiles.ImportProgress) {
        let fraction = bytes.map { $0 > 0 ? Double(progress.readBytes) / Double($0) : 1 } ?? 0
        show(fraction, devices: progress.lines, more: progress.refused > 0 ? [("refused", progress.refused)] : [])
    }

    func show(_ progress: DeviceFiles.ExportProgress) {
        show(progress.total > 0 ? Double(progress.devices) / Double(progress.total) : 1, devices: progress.devices, more: [])
    }

    func end() {
        if Terminal.stderrIsTerminal { Terminal.say("") }
    }

    private func show(_ fraction: Double, devices: Int, more: [(name: String, count: Int)]) {
        guard Terminal.stderrIsTerminal else { return }
        let seconds = started.duration(to: .now) / .seconds(1)
        let rate = seconds > 0 ? Int(Double(devices) / seconds) : 0
        Terminal.redraw(
            ProgressBar().render(fraction: fraction, counts: [("devices", devices), ("/s", rate)] + more, width: Terminal.width))
    }
}
