#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension WNSSimulator {
    private static let scope = "https://wns.windows.com/.default"

    /// Client credentials for an access token: of Entra ID, or of the Store with a package SID.
    mutating func grant(_ request: SimulatorRequest, now: Date) -> SimulatorReply {
        let isStore = request.route == "/accesstoken.srf"
        guard isStore || request.route == "/\(account.tenantID)/oauth2/v2.0/token" else {
            return .oauthError(400, "invalid_request", "AADSTS90002: Tenant not found.")
        }
        guard request.method == "POST", request.isForm else {
            return .oauthError(400, "invalid_request", "AADSTS900144: The request body must contain the following parameter: 'grant_type'.")
        }
        let form = FormFields(request.body)
        guard form.repeatedName == nil else { return .oauthError(400, "invalid_request", "AADSTS9000411: A parameter is there twice.") }
        guard form["grant_type"] == "client_credentials" else {
            return .oauthError(400, "unsupported_grant_type", "AADSTS70003: The app requested an unsupported grant type.")
        }
        return refusal(of: form, isStore: isStore) ?? token(now: now)
    }

    private func refusal(of form: FormFields, isStore: Bool) -> SimulatorReply? {
        guard form["client_id"] == (isStore ? account.packageSID : account.clientID) else {
            return isStore
                ? .oauthError(400, "invalid_client", "Invalid client id.")
                : .oauthError(400, "unauthorized_client", "AADSTS700016: Application with this identifier was not found in the directory.")
        }
        guard form["client_secret"] == account.clientSecret else {
            return isStore
                ? .oauthError(400, "invalid_client", "Invalid client secret.")
                : .oauthError(401, "invalid_client", "AADSTS7000215: Invalid client secret provided.")
        }
        // Microsoft's own example writes a slash at the end.
        let scopes = isStore ? ["notify.windows.com"] : [Self.scope, Self.scope + "/"]
        guard let scope = form["scope"], scopes.contains(scope) else {
            return .oauthError(400, "invalid_scope", "AADSTS70011: The provided value for the input parameter 'scope' is not valid.")
        }
        return nil
    }

    private mutating func token(now: Date) -> SimulatorReply {
        .json(
            200,
            #"{"token_type":"Bearer","expires_in":\#(accessTokens.lifetimeSeconds),"access_token":"\#(accessTokens.issue(now: now))"}"#)
    }
}
