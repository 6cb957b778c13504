import Foundation
import NIOHTTP1
import PushSender

/// A topic, and a tag, of a thousand devices: whether a push to them costs the same among a million others as among few.
struct AudienceBenchmark {
    private let members = 1000
    private let few = 10_000
    private let many = 1_000_000
    private let pushes = 10

    func run() async throws {
        heading("\(pushes) pushes to a topic, and to a tag, of \(members) among \(few) and among \(many) devices")
        try await withTemporaryFolder { folder in
            let nghttpd = try Nghttpd(folder: folder)
            defer { nghttpd.stop() }
            try await Task.sleep(for: .seconds(1))
            let few = try await measure(few, folder, nghttpd)
            let many = try await measure(many, folder, nghttpd)
            row("topic, devices a second, among \(self.few)", Double(members) / few.topic)
            row("topic, devices a second, among \(self.many)", Double(members) / many.topic)
            bound("topic, time among \(self.many), of that among \(self.few)", many.topic / few.topic, atMost: 1.3)
            bound("tag, time among \(self.many), of that among \(self.few)", many.tag / few.tag, atMost: 1.3)
        }
    }

    /// Seconds for one push.
    private typealias Measured = (topic: Double, tag: Double)

    private func measure(_ devices: Int, _ folder: URL, _ nghttpd: Nghttpd) async throws -> Measured {
        let data = folder.appending(path: "audience-\(devices)")
        try await StoredDevices.make(devices, .fcm, in: data)
        let herald = try await HeraldProcess(data: data, settings: BroadcastBenchmark.settings(nghttpd))
        defer { herald.stop() }
        try await herald.call(.PUT, "/v1/apps/default/providers/fcm?verify=false", Credentials.body(for: .fcm, nghttpd))
        for device in try await herald.devices(members) {
            try await herald.call(.PUT, "/v1/devices/\(device)/topics/rare")
            try await herald.call(.PATCH, "/v1/devices/\(device)", #"{"tags":{"plan":"rare"}}"#)
        }
        return (
            try await seconds(#""topics":["rare"]"#, herald), try await seconds(#""tags":"plan == \"rare\"""#, herald)
        )
    }

    private func seconds(_ audience: String, _ herald: HeraldProcess) async throws -> Double {
        let body = #"{"audience":{\#(audience)},"notification":{"title":"rare"}}"#
        _ = try await herald.send(body)
        let started = ContinuousClock.now
        for _ in 0..<pushes {
            let counters = try await herald.send(body)
            guard counters["accepted"] == members else { throw BenchmarkError("not everybody was reached: \(counters)") }
        }
        return started.duration(to: .now) / .seconds(1) / Double(pushes)
    }
}

extension HeraldProcess {
    fileprivate func devices(_ count: Int) async throws -> [String] {
        struct Page: Decodable {
            struct Device: Decodable { let id: String }
            let devices: [Device]
        }
        return try JSONDecoder().decode(Page.self, from: try await call(.GET, "/v1/devices?limit=\(count)")).devices.map(\.id)
    }
}
