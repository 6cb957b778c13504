import Crypto
import Foundation

@testable import PushSimulators

/// A client of the simulated APNs that does everything right, until a test bends it.
struct APNsClient {
    static let start = Date(timeIntervalSince1970: 1_800_000_000)
    static let deviceToken = String(repeating: "ab", count: 32)

    var simulator: APNsSimulator
    var connection = ConnectionMemory(streamLimit: APNsSimulator.firstStreamLimit)
    var now = start

    init(environment: String = "production", keyEnvironments: [String: String] = [:]) {
        simulator = APNsSimulator(
            account: .init(
                teamID: "TEAM000001",
                keys: ["KEY0000001": Signing.ecKey.publicKey, "KEY0000002": Signing.otherECKey.publicKey],
                keyEnvironments: keyEnvironments, bundleIDs: ["com.example.app"]),
            environment: environment)
    }

    static func token(issuedAt: Date = start, keyID: String = "KEY0000001") throws -> String {
        let key = keyID == "KEY0000002" ? Signing.otherECKey : Signing.ecKey
        return try Signing.es256(
            #"{"alg":"ES256","kid":"\#(keyID)"}"#, #"{"iss":"TEAM000001","iat":\#(Int(issuedAt.timeIntervalSince1970))}"#, by: key)
    }

    static func request(token: String? = nil) throws -> SimulatorRequest {
        SimulatorRequest(
            path: "/3/device/\(deviceToken)",
            headers: [
                ("authorization", "bearer \(try token ?? Self.token())"), ("apns-push-type", "alert"), ("apns-topic", "com.example.app"),
                ("apns-priority", "10"), ("apns-expiration", "0"), ("apns-id", "123e4567-e89b-12d3-a456-426614174000"),
            ],
            body: Array(#"{"aps":{"alert":"hello"}}"#.utf8))
    }

    mutating func send(_ request: SimulatorRequest) -> Verdict { simulator.judge(request, on: &connection, now: now) }

    mutating func reason(_ request: SimulatorRequest) -> String {
        let reply = send(request).reply
        return "\(reply.status) \(JSONText(reply.body)?["reason"]?.string ?? "")"
    }
}
