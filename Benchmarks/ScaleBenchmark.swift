import Foundation
import NIOHTTP1
import PushSender

/// A million devices: whether the time per device stays the same, memory stays small, and a single push still goes out at once.
struct ScaleBenchmark {
    private let small = 10_000
    private let large = 1_000_000
    private let pauseMilliseconds = 20

    func run() async throws {
        heading("Broadcast to \(large) FCM devices, and a single push every \(pauseMilliseconds) ms meanwhile")
        try await withTemporaryFolder { folder in
            let nghttpd = try Nghttpd(folder: folder)
            defer { nghttpd.stop() }
            try await Task.sleep(for: .seconds(1))
            let few = try await broadcast(small, folder, nghttpd, repeated: 5, sendsSingles: false)
            let many = try await broadcast(large, folder, nghttpd, repeated: 1, sendsSingles: true)
            row("devices a second, of \(small)", 1 / few.secondsPerDevice)
            row("devices a second, of \(large), single pushes meanwhile", 1 / many.secondsPerDevice)
            bound("time per device at \(large), of that at \(small)", many.secondsPerDevice / few.secondsPerDevice, atMost: 1.15)
            bound("single push, from POST to done, p99, ms (of \(many.singles.count))", percentile(0.99, of: many.singles), atMost: 250)
            bound("memory of the server at its peak, MiB", many.peakMegabytes, atMost: 200)
        }
    }

    private struct Measured {
        var secondsPerDevice: Double
        /// Milliseconds.
        var singles: [Double]
        var peakMegabytes: Double
    }

    private func broadcast(
        _ count: Int, _ folder: URL, _ nghttpd: Nghttpd, repeated times: Int, sendsSingles: Bool
    ) async throws -> Measured {
        let data = folder.appending(path: "devices-\(count)")
        let device = try await StoredDevices.make(count, .fcm, in: data)
        let herald = try await HeraldProcess(data: data, settings: BroadcastBenchmark.settings(nghttpd))
        defer { herald.stop() }
        try await herald.call(
            .PUT, "/v1/apps/default/providers/fcm?verify=false", Credentials.body(for: .fcm, nghttpd))
        let started = ContinuousClock.now
        var singles: [Double] = []
        for _ in 0..<times {
            let push = try await herald.accept(BroadcastBenchmark.push)
            while true {
                if let counters = try await herald.counters(ifDone: push) {
                    guard counters["accepted"] == count else { throw BenchmarkError("not everything was accepted: \(counters)") }
                    break
                }
                if sendsSingles { singles.append(try await single(device.rawValue, herald)) }
                try await Task.sleep(for: .milliseconds(sendsSingles ? pauseMilliseconds : 2))
            }
        }
        return Measured(
            secondsPerDevice: started.duration(to: .now) / .seconds(1) / Double(count * times), singles: singles,
            peakMegabytes: herald.peakMegabytes)
    }

    /// - Returns: milliseconds until the push was done, which is after it was attempted.
    private func single(_ device: String, _ herald: HeraldProcess) async throws -> Double {
        let started = ContinuousClock.now
        _ = try await herald.send(#"{"audience":{"devices":["\#(device)"]},"notification":{"title":"single"}}"#)
        return started.duration(to: .now) / .milliseconds(1)
    }
}

func percentile(_ share: Double, of values: [Double]) -> Double {
    guard !values.isEmpty else { return .infinity }
    return values.sorted()[min(values.count - 1, Int(Double(values.count) * share))]
}
