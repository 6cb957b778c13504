#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension FCMSimulator {
    private static let grantType = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    private static let scopes: Set<Substring> = [
        "https://www.googleapis.com/auth/firebase.messaging", "https://www.googleapis.com/auth/cloud-platform",
    ]
    /// What Google forgives a clock.
    private static let clockSkewSeconds = 300.0

    /// Exchanges a service account's assertion (RFC 7523) for an access token.
    mutating func grant(_ request: SimulatorRequest, now: Date) -> SimulatorReply {
        guard request.method == "POST" else { return .oauthError(405, "invalid_request", "Only POST is taken here.") }
        guard request.isForm else { return .oauthError(400, "invalid_request", "Bad Request: the body is not a form.") }
        let form = FormFields(request.body)
        guard form.repeatedName == nil else { return .oauthError(400, "invalid_request", "A parameter is there twice.") }
        guard form["grant_type"] == Self.grantType else {
            return .oauthError(400, "unsupported_grant_type", "Invalid grant_type: \(form["grant_type"] ?? "")")
        }
        guard let assertion = form["assertion"], !assertion.isEmpty else {
            return .oauthError(400, "invalid_request", "Missing required parameter: assertion")
        }
        return answer(assertion, now: now)
    }

    private mutating func answer(_ assertion: String, now: Date) -> SimulatorReply {
        guard let token = SignedToken(assertion) else { return .oauthError(400, "invalid_grant", "Bad Request: malformed assertion.") }
        guard token.claims["iss"]?.string == account.email else {
            return .oauthError(400, "invalid_grant", "Invalid grant: account not found")
        }
        let namesKey = token.keyID.map { $0 == account.keyID } ?? true
        guard namesKey, token.isSigned(by: account.key, algorithm: .rs256) else {
            return .oauthError(400, "invalid_grant", "Invalid JWT Signature.")
        }
        guard let audience = token.claims["aud"]?.string, account.audiences.contains(audience) else {
            let sentence = "Invalid JWT: Failed audience check. The right audience is https://oauth2.googleapis.com/token"
            return .oauthError(400, "invalid_grant", sentence)
        }
        guard isTimely(token.claims, now: now) else {
            return .oauthError(
                400, "invalid_grant",
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
                    + "Check your iat and exp values in the JWT claim.")
        }
        guard (token.claims["scope"]?.string ?? "").split(separator: " ").contains(where: Self.scopes.contains) else {
            return .oauthError(400, "invalid_scope", "Invalid OAuth scope or ID token audience provided.")
        }
        let accessToken = accessTokens.issue(now: now)
        return .json(200, #"{"access_token":"\#(accessToken)","expires_in":\#(accessTokens.lifetimeSeconds),"token_type":"Bearer"}"#)
    }

    private func isTimely(_ claims: JSONText, now: Date) -> Bool {
        guard let issuedAt = claims["iat"]?.number, let expiry = claims["exp"]?.number else { return false }
        let present = now.timeIntervalSince1970
        return issuedAt <= present + Self.clockSkewSeconds && expiry > present - Self.clockSkewSeconds && expiry > issuedAt
            && expiry - issuedAt <= 3600
    }
}

extension SimulatorReply {
    /// RFC 6749 §5.2.
    static func oauthError(_ status: Int, _ error: String, _ description: String) -> SimulatorReply {
        .json(status, #"{"error":"\#(error)","error_description":\#(JSONText.quoted(description))}"#)
    }
}
