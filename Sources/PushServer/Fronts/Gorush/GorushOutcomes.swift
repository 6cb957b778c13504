import PushSender

/// Waits for what comes of pushes, for clients that ask synchronously.
struct GorushOutcomes: Sendable {
    let pushes: any PushStore
    let watch: EventWatch
    let readiness: Readiness
    let waitSeconds: Int

    private static let pageRows = 1000

    /// Waits until every device of every push is accounted for, the time is over, or the server stops: what waits for another attempt then
    /// goes on without us.
    /// - Returns: an entry for each token that has failed, in the order of the pushes.
    func failures(of accepted: [Push]) async throws -> [GorushLogEntry] {
        let deadline = ContinuousClock.now + .seconds(waitSeconds)
        var entries: [GorushLogEntry] = []
        for push in accepted {
            while try await pushes.status(of: push.id, app: push.app)?.finishedAt == nil, .now < deadline, readiness.isAccepting {
                if await watch.nextLook() == .closed { break }
            }
            entries += try await failures(of: push)
        }
        return entries
    }

    private func failures(of push: Push) async throws -> [GorushLogEntry] {
        var entries: [GorushLogEntry] = [], last: DeviceID?
        repeat {
            let page = try await pushes.failures(of: push.id, after: last, limit: Self.pageRows)
            entries += page.compactMap { GorushLogEntry($0, of: push) }
            last = page.count < Self.pageRows ? nil : page.last?.device
        } while last != nil
        return entries
    }
}
