import CryptoExtras
import Foundation

@testable import PushSimulators

/// A client of the simulated FCM that does everything right, until a test bends it.
struct FCMClient {
    static let start = Date(timeIntervalSince1970: 1_800_000_000)
    static let tokenEndpoint = "https://localhost:8453/token"

    var simulator = FCMSimulator(
        account: .init(
            projectID: "demo", email: "robot@demo.iam.gserviceaccount.com", keyID: "key-1", key: Signing.rsaKey.publicKey,
            tokenEndpoint: tokenEndpoint))
    var connection = ConnectionMemory(streamLimit: 100)
    var now = start

    static func claims(
        iss: String = "robot@demo.iam.gserviceaccount.com", scope: String = "https://www.googleapis.com/auth/firebase.messaging",
        aud: String = tokenEndpoint, iat: Int = 1_800_000_000, exp: Int = 1_800_003_600
    ) -> String { #"{"iss":"\#(iss)","scope":"\#(scope)","aud":"\#(aud)","iat":\#(iat),"exp":\#(exp)}"# }

    static func assertion(_ claims: String = claims()) throws -> String {
        try Signing.rsa(#"{"alg":"RS256","typ":"JWT","kid":"key-1"}"#, claims, padding: .insecurePKCS1v1_5)
    }

    static func grant(_ assertion: String) -> SimulatorRequest {
        SimulatorRequest(
            path: "/token", headers: [("content-type", "application/x-www-form-urlencoded")],
            body: Array("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=\(assertion)".utf8))
    }

    mutating func send(_ request: SimulatorRequest) -> Verdict { simulator.judge(request, on: &connection, now: now) }

    mutating func accessToken() throws -> String {
        send(Self.grant(try Self.assertion())).reply.json["access_token"]?.string ?? "none"
    }

    mutating func request(_ message: String = #"{"token":"abc:DEF_1-2","notification":{"title":"Hello"}}"#) throws -> SimulatorRequest {
        SimulatorRequest(
            path: "/v1/projects/demo/messages:send",
            headers: [("authorization", "Bearer \(try accessToken())"), ("content-type", "application/json; charset=UTF-8")],
            body: Array(#"{"message":\#(message)}"#.utf8))
    }

    /// Status, canonical code, and FCM's own code if there is one.
    mutating func outcome(_ request: SimulatorRequest) -> String {
        let reply = send(request).reply
        let error = reply.json["error"]
        let code = error?["details"]?.array?.lazy.compactMap { $0["errorCode"]?.string }.first
        return ["\(reply.status)", error?["status"]?.string, code].compactMap { $0 }.joined(separator: " ")
    }
}
