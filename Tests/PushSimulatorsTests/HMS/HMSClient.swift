import CryptoExtras
import Foundation

@testable import PushSimulators

/// A client of the simulated Push Kit that does everything right, until a test bends it.
struct HMSClient {
    static let start = Date(timeIntervalSince1970: 1_800_000_000)

    var simulator = HMSSimulator(
        account: .init(
            appID: "1001", clientSecret: "s/e+c", projectID: "2002", keyID: "k1", subAccount: "3003", key: Signing.rsaKey.publicKey))
    var connection = ConnectionMemory(streamLimit: 100)
    var now = start

    static let form = "grant_type=client_credentials&client_id=1001&client_secret=s%2Fe%2Bc"

    static func signedToken(
        alg: String = "PS256", kid: String = "k1", iss: String = "3003", aud: String = HMSTokenChecks.audience, iat: Int = 1_800_000_000,
        exp: Int = 1_800_003_600, padding: _RSA.Signing.Padding = .PSS, by key: _RSA.Signing.PrivateKey = Signing.rsaKey
    ) throws -> String {
        try Signing.rsa(
            #"{"kid":"\#(kid)","typ":"JWT","alg":"\#(alg)"}"#, #"{"iss":"\#(iss)","aud":"\#(aud)","iat":\#(iat),"exp":\#(exp)}"#,
            padding: padding, by: key)
    }

    static func grant(_ form: String = form) -> SimulatorRequest {
        SimulatorRequest(
            path: "/oauth2/v3/token", headers: [("content-type", "application/x-www-form-urlencoded")], body: Array(form.utf8))
    }

    mutating func send(_ request: SimulatorRequest) -> Verdict { simulator.judge(request, on: &connection, now: now) }

    static let message = #"{"token":["t1","t2"],"data":"hello"}"#
    static let shown = #"{"token":["t1"],"notification":{"title":"a","body":"b"},"android":{"notification":{"click_action":{"type":3}}}}"#
    static let alert = #"{"category":"IM","title":"a","body":"b","clickAction":{"actionType":0}}"#

    mutating func core(_ message: String = message) -> SimulatorRequest {
        let token = send(Self.grant()).reply.json["access_token"]?.string ?? "none"
        return SimulatorRequest(
            path: "/v1/1001/messages:send", headers: [("authorization", "Bearer \(token)"), ("content-type", "application/json; charset=UTF-8")],
            body: Array(#"{"message":\#(message)}"#.utf8))
    }

    static func harmony(_ body: String = #"{"payload":{"notification":\#(alert)},"target":{"token":["t1"]}}"#, token: String? = nil) throws
        -> SimulatorRequest
    {
        SimulatorRequest(
            path: "/v3/2002/messages:send",
            headers: [
                ("authorization", "Bearer \(try token ?? signedToken())"), ("content-type", "application/json"), ("push-type", "0"),
            ],
            body: Array(body.utf8))
    }

    mutating func code(_ request: SimulatorRequest) -> String {
        let reply = send(request).reply
        return "\(reply.status) \(reply.json["code"]?.string ?? "")"
    }
}
