import Foundation
import NIOHTTP1
import PushSender

/// How many single-device pushes a second are accepted durably over HTTP, while they are being sent as well.
struct AcceptBenchmark {
    private let pushes = 80_000
    private let devices = 1000
    private let connections = 64

    func run() async throws {
        heading("Accepting \(pushes) single-device pushes over HTTP on \(connections) connections, and sending them meanwhile")
        try await withTemporaryFolder { folder in
            let nghttpd = try Nghttpd(folder: folder)
            defer { nghttpd.stop() }
            try await Task.sleep(for: .seconds(1))
            let data = folder.appending(path: "accept")
            let device = try await StoredDevices.make(devices, .fcm, in: data)
            let herald = try await HeraldProcess(data: data, settings: BroadcastBenchmark.settings(nghttpd))
            defer { herald.stop() }
            try await herald.call(
                .PUT, "/v1/apps/default/providers/fcm?verify=false", Credentials.body(for: .fcm, nghttpd))
            let load = try nghttpd.h2loadHTTP1(
                "http://127.0.0.1:\(HeraldProcess.port)/v1/pushes", key: herald.key, requests: pushes, connections: connections,
                body: #"{"audience":{"devices":["\#(device.rawValue)"]},"notification":{"title":"single"}}"#)
            guard load.failures == 0 else { throw BenchmarkError("\(load.failures) pushes were not accepted") }
            atLeast("accepted, a second", load.perSecond, 8000)
            bound("from request to 202, p99, ms", percentile(0.99, of: load.milliseconds), atMost: 25)
        }
    }
}
