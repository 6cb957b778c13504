#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension HMSSimulator {
    /// Client credentials for an access token (Huawei: OAuth 2.0, client credentials mode).
    mutating func grant(_ request: SimulatorRequest, now: Date) -> SimulatorReply {
        guard request.method == "POST", request.isForm else { return Self.refusal(1101, 20001, "invalid request") }
        let form = FormFields(request.body)
        guard form.repeatedName == nil else { return Self.refusal(1101, 20001, "a parameter is there twice") }
        guard form["grant_type"] == "client_credentials" else { return Self.refusal(1101, 20182, "unsupported grant_type") }
        guard let clientID = form["client_id"], !clientID.isEmpty, clientID.allSatisfy(\.isNumber) else {
            return Self.refusal(1101, 20002, "invalid client_id")
        }
        guard clientID == account.appID, form["client_secret"] == account.clientSecret else {
            return Self.refusal(1101, 20003, "invalid client")
        }
        let token = JSONText.quoted(accessTokens.issue(now: now)).split(separator: "/").joined(separator: "\\/")
        return .json(200, #"{"access_token":\#(token),"expires_in":\#(accessTokens.lifetimeSeconds),"token_type":"Bearer"}"#)
    }

    private static func refusal(_ error: Int, _ subError: Int, _ description: String) -> SimulatorReply {
        .json(400, #"{"error":\#(error),"sub_error":\#(subError),"error_description":\#(JSONText.quoted(description))}"#)
    }
}
