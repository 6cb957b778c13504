import HTTPTypes

/// Why an identity token doesn't make its bearer anybody. The raw value is the problem's code.
enum IdentityRefusal: String, Error, Sendable, CaseIterable {
    case missing = "identity_token_missing"
    case notConfigured = "identity_not_configured"
    case malformed = "identity_token_malformed"
    case otherUser = "identity_token_other_user"
    case untrusted = "identity_token_untrusted"
    case expired = "identity_token_expired"
    case early = "identity_token_early"
    case wrongIssuer = "identity_token_wrong_issuer"
    case wrongAudience = "identity_token_wrong_audience"
    case keysUnavailable = "identity_keys_unavailable"
    case settingsUnreadable = "identity_settings_unreadable"

    /// 401 where another token would do, 422 where the request is wrong, 503 where it isn't the client's fault.
    var status: HTTPResponse.Status {
        switch self {
        case .untrusted, .expired, .early, .wrongIssuer, .wrongAudience: .unauthorized
        case .missing, .notConfigured, .malformed, .otherUser: .unprocessableContent
        case .keysUnavailable, .settingsUnreadable: .serviceUnavailable
        }
    }

    var detail: String {
        switch self {
        case .missing: "with this key a user is named by identity_token, signed by your own server"
        case .notConfigured: "the App has no identity settings; make some with PUT /v1/apps/{app}/identity, or leave identity_token out"
        case .malformed:
            """
            identity_token: not a JSON Web Token as it is needed: signed, at most \(IdentityToken.limitBytes) bytes, with sub (text of 1 \
            to 256 bytes) and exp (a number)
            """
        case .otherUser: "identity_token: its sub is another user than the one that is named"
        case .untrusted: "identity_token: none of the App's keys has signed it, by its kid and alg"
        case .expired: "identity_token: it has expired; get a new one"
        case .early: "identity_token: it isn't valid yet, by its nbf"
        case .wrongIssuer: "identity_token: its iss is not the one in the App's identity settings"
        case .wrongAudience: "identity_token: its aud doesn't name the audience in the App's identity settings"
        case .keysUnavailable: "the keys at the App's jwks_url can't be had right now; try again later"
        case .settingsUnreadable:
            "the App's identity settings can't be opened: the master key is not the one they were sealed with; set them again"
        }
    }
}

extension Problem {
    init(_ refusal: IdentityRefusal) {
        self.init(
            refusal.status, refusal.rawValue, refusal.detail, field: refusal.status == .serviceUnavailable ? nil : "identity_token",
            retryAfterSeconds: refusal == .keysUnavailable ? 60 : nil)
    }
}
