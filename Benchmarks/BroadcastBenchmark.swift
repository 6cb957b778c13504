import Crypto
import Foundation
import NIOHTTP1

/// Broadcasts to stored devices by the real program, from `POST /v1/pushes` to `done`, over TLS and HTTP/2 to nghttpd.
struct BroadcastBenchmark {
    private let deviceCount = 100_000
    static let push = #"{"audience":{"all":true},"notification":{"title":"Benchmark","body":"\#(String(repeating: "x", count: 160))"}}"#

    /// FCM's own rate limit is not what is measured.
    static func settings(_ nghttpd: Nghttpd) -> [String: String] {
        [
            "HERALD_TRUST_ROOTS": nghttpd.certificate.path, "HERALD_LOG_LEVEL": "error",
            "HERALD_SENDER_FCM_DEVICES_PER_SECOND": "0",
        ]
    }

    func run(encryption: Double) async throws {
        try await withTemporaryFolder { folder in
            let nghttpd = try Nghttpd(folder: folder)
            defer { nghttpd.stop() }
            try await Task.sleep(for: .seconds(1))
            heading("Broadcast to \(deviceCount) stored devices, SQLite, TLS and HTTP/2 to nghttpd")
            let limit = try nghttpd.h2load(requests: 300_000, bodyBytes: 300)
            row("h2load, same target, 300-byte bodies", limit)
            let bare = try await TransportBenchmark(nghttpd).bare()
            row("bare SwiftNIO HTTP/2 client", bare)
            let transport = try await TransportBenchmark(nghttpd).ours()
            row("HTTP2Transport alone, in batches", transport, of: bare)
            for (name, sort) in [("APNs", StoredDevices.Sort.apns), ("FCM", .fcm)] {
                let rate = try await broadcast(sort, folder, nghttpd)
                row("\(name), POST accepted to done: of h2load", rate, of: limit, bar: 0.1)
                row("\(name), POST accepted to done: of the bare client", rate, of: bare, bar: 0.5)
            }
            let peers = try PeersBenchmark.run(in: folder)
            row("aioapns, beside it (to the simulator)", peers.aioapns)
            let webPush = try await broadcast(.webPush, folder, nghttpd)
            let bound = 1 / (1 / encryption + 1 / transport)
            row("Web Push, encrypted: of 1/(1/encryption + 1/transport)", webPush, of: bound, bar: 0.6)
            row("Web Push, encrypted: of pywebpush's async sender", webPush, of: peers.pywebpush, bar: 4)
        }
    }

    private func broadcast(_ sort: StoredDevices.Sort, _ folder: URL, _ nghttpd: Nghttpd) async throws -> Double {
        let data = folder.appending(path: "\(sort)")
        try await StoredDevices.make(deviceCount, sort, in: data)
        if sort == .apns { try nghttpd.serve((0..<deviceCount).map { "/3/device/" + StoredDevices.apnsToken($0) }) }
        let herald = try await HeraldProcess(data: data, settings: Self.settings(nghttpd))
        defer { herald.stop() }
        if let credentials = try Credentials.body(for: sort, nghttpd) {
            try await herald.call(.PUT, "/v1/apps/default/providers/\(sort)?verify=false", credentials)
        }
        let started = ContinuousClock.now
        let counters = try await herald.send(Self.push)
        let seconds = started.duration(to: .now) / .seconds(1)
        guard counters["accepted"] == deviceCount else { throw BenchmarkError("not everything was accepted: \(counters)") }
        return Double(deviceCount) / seconds
    }
}

/// Credentials whose far side is nghttpd.
enum Credentials {
    static func body(for sort: StoredDevices.Sort, _ nghttpd: Nghttpd) throws -> String? {
        let origin = "https://localhost:\(Nghttpd.port)"
        switch sort {
        case .webPush:
            return nil
        case .apns:
            return try json([
                "team_id": "TEAM123456", "key_id": "KEY1234567", "bundle_id": "com.example.app", "endpoint": origin,
                "private_key": P256.Signing.PrivateKey().pemRepresentation,
            ])
        case .fcm:
            try nghttpd.serve(["/v1/projects/bench/messages:send"], content: #"{"name":"projects/bench/messages/1"}"#)
            try nghttpd.serve(["/token"], content: #"{"access_token":"t","expires_in":3600,"token_type":"Bearer"}"#)
            let account = try json([
                "type": "service_account", "project_id": "bench", "private_key_id": "k", "private_key": try nghttpd.rsaKey(),
                "client_email": "bench@bench.iam.gserviceaccount.com", "token_uri": origin + "/token",
            ])
            return #"{"service_account":\#(account),"endpoint":"\#(origin)","token_endpoint":"\#(origin)/token"}"#
        }
    }

    private static func json(_ fields: [String: String]) throws -> String {
        String(decoding: try JSONEncoder().encode(fields), as: UTF8.self)
    }
}
