import Foundation
import NIOHTTP1
import PushSender

/// How many single-device pushes a second are accepted durably over HTTP.
struct AcceptBenchmark {
    private let pushes = 80_000
    private let devices = 1000
    private let connections = 64

    func run() async throws {
        heading("Accepting \(pushes) single-device pushes over HTTP on \(connections) connections")
        try await withTemporaryFolder { folder in
            let nghttpd = try Nghttpd(folder: folder)
            defer { nghttpd.stop() }
            try await Task.sleep(for: .seconds(1))
            // Without credentials pushes wait: nothing but accepting them is measured.
            let waiting = try await accept(.apns, folder, nghttpd)
            atLeast("accepted a second, while their lane waits", waiting.perSecond, 8000)
            bound("from request to 202, p99, ms", percentile(0.99, of: waiting.milliseconds), atMost: 25)
            let sending = try await accept(.fcm, folder, nghttpd)
            row("accepted a second, while they are sent on the same cores", sending.perSecond)
            bound("from request to 202, p99, ms", percentile(0.99, of: sending.milliseconds), atMost: 25)
        }
    }

    private func accept(_ sort: StoredDevices.Sort, _ folder: URL, _ nghttpd: Nghttpd) async throws -> Nghttpd.Load {
        let data = folder.appending(path: "accept-\(sort)")
        let device = try await StoredDevices.make(devices, sort, in: data)
        let herald = try await HeraldProcess(data: data, settings: BroadcastBenchmark.settings(nghttpd))
        defer { herald.stop() }
        if sort == .fcm {
            try await herald.call(
                .PUT, "/v1/apps/default/providers/fcm?verify=false", Credentials.body(for: .fcm, nghttpd))
        }
        let load = try nghttpd.h2loadHTTP1(
            "http://127.0.0.1:\(HeraldProcess.port)/v1/pushes", key: herald.key, requests: pushes, connections: connections,
            body: #"{"audience":{"devices":["\#(device.rawValue)"]},"notification":{"title":"single"}}"#)
        guard load.failures == 0 else { throw BenchmarkError("\(load.failures) pushes were not accepted") }
        return load
    }
}
