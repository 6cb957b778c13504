/// Follows a push until it is done.
struct PushWatch {
    let client: APIClient
    /// Shows a bar when somebody looks.
    let showsProgress: Bool

    private let shortestPauseMilliseconds = 100
    private let longestPauseMilliseconds = 1000

    /// - Returns: the push when it is done.
    func finish(_ id: String) async throws -> PushState {
        var pauseMilliseconds = shortestPauseMilliseconds
        while true {
            let push = try await client.push(id)
            show(push)
            if push.isDone {
                if showsProgress { Terminal.say("") }
                return push
            }
            try await Task.sleep(for: .milliseconds(pauseMilliseconds))
            pauseMilliseconds = min(longestPauseMilliseconds, pauseMilliseconds * 3 / 2)
        }
    }

    private func show(_ push: PushState) {
        guard showsProgress else { return }
        Terminal.redraw(
            ProgressBar().render(
                fraction: push.isDone ? 1 : push.progress ?? 0, counts: PushSummary(push).shortCounts, width: Terminal.width))
    }
}
