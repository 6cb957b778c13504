import AsyncHTTPClient
import Foundation
import HTTPClientTransport
import NIOSSL
import PushProviders
import PushSender
import PushStorage
import WebPush

/// The sender alone: a broadcast to stored devices, encrypted one by one, recorded durably, against nghttpd over TLS and HTTP/2.
struct SenderBenchmark {
    private let deviceCount = 20_000

    func run() async throws {
        heading("Sender alone: broadcast to \(deviceCount) stored devices, SQLite, TLS and HTTP/2 to nghttpd")
        try await withTemporaryFolder { folder in
            let nghttpd = try Nghttpd(folder: folder)
            defer { nghttpd.stop() }
            try await Task.sleep(for: .seconds(1))
            let limit = try nghttpd.h2load(requests: 100_000, bodyBytes: 300)
            row("h2load, same target, 300-byte bodies", limit)
            row("POST accepted to push done", try await broadcast(folder), of: limit)
        }
    }

    private func broadcast(_ folder: URL) async throws -> Double {
        let database = try SQLiteDatabase(file: folder.appending(path: "bench.sqlite"))
        try await registerDevices(SQLDeviceStore(database))
        var configuration = AsyncHTTPTransport.configuration(addressRule: .any)
        configuration.tlsConfiguration = .clientDefault
        configuration.tlsConfiguration?.certificateVerification = .none
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        defer { client.shutdown { _ in } }
        let provider = WebPushProvider(
            transport: AsyncHTTPTransport(client: client), vapid: VAPIDTokenCache(key: VAPIDKey(), subject: nil))
        return try await send(SQLPushStore(database), provider)
    }

    private func registerDevices(_ devices: SQLDeviceStore) async throws {
        let keys = UserAgentKey().keys
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<deviceCount {
                if index >= 256 { try await group.next() }
                group.addTask {
                    var random = SystemRandomNumberGenerator()
                    let endpoint = try WebPushEndpoint("https://localhost:\(Nghttpd.port)\(Nghttpd.path)?\(index)")
                    let subscription = PushSubscription(endpoint: endpoint, expirationTime: nil, keys: keys)
                    _ = try await devices.register(
                        DeviceRegistration(app: .default, provider: .webPush, token: subscription.token),
                        newID: DeviceID(now: Date(), random: &random), now: Date())
                }
            }
            try await group.waitForAll()
        }
    }

    private func send(_ store: SQLPushStore, _ provider: WebPushProvider) async throws -> Double {
        let dispatcher = Dispatcher(
            store: store, providers: [provider], owner: LeaseOwner(rawValue: "bench"), observer: Silence())
        async let running: Void = dispatcher.run()
        let started = ContinuousClock.now
        let push = try await PushIntake(store: store, providers: [provider], wake: { dispatcher.wake() }).accept(
            app: .default, audience: .everyone,
            notification: Notification(title: "Benchmark", body: String(repeating: "x", count: 120)),
            policy: PushPolicy(), now: Date())
        let status = try await finished(push.id, store)
        let seconds = started.duration(to: .now) / .seconds(1)
        dispatcher.stop()
        await running
        guard status.counters.accepted == deviceCount else { throw BenchmarkError("not everything was accepted: \(status.counters)") }
        return Double(deviceCount) / seconds
    }

    private func finished(_ push: PushID, _ store: SQLPushStore) async throws -> PushStatus {
        while true {
            if let status = try await store.status(of: push, app: .default), status.state == .done { return status }
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}

private struct Silence: SenderObserver {
    func report(_ event: SenderEvent) {}
}
