import HTTPTransport
import HMS
public import JSON
public import PushSender

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An App's way into Huawei Push Kit: an OAuth client for v1, a service account for v3 (and v1 and v2), or both.
///
/// Fields: `app_id` and `client_secret`; `project_id`, `key_id`, `sub_account` and `private_key`, or all four inside the downloaded file as
/// `service_account`; optionally `endpoint` and `token_endpoint`, which stand in for Huawei's.
public struct HMSCredential: ProviderCredential {
    public static let provider = ProviderName.hms
    public static let fieldNames: Set = [
        "app_id", "client_secret", "service_account", "project_id", "key_id", "sub_account",
        "private_key", "endpoint", "token_endpoint",
    ]

    let appID: String?
    let projectID: String?
    let origin: String
    /// For v1 and v2: OAuth where there is a secret, else the service account.
    let coreAccess: RenewableToken
    /// For v3, which refuses OAuth.
    let harmonyAccess: RenewableToken?
    let hasSecret: Bool

    public init(_ fields: JSONValue, now: Date) throws(CredentialProblem) {
        let fields = try CredentialFields(fields)
        let accountFields = try fields.object("service_account") ?? fields
        appID = try fields.text("app_id")
        projectID = try accountFields.text("project_id")
        origin = try fields.origin("endpoint") ?? HMSEndpoint.origin
        let tokenEndpoint = try fields.url("token_endpoint") ?? HMSOAuthClient.tokenEndpoint
        let client = try Self.client(fields)
        let account = try Self.account(accountFields, now: now)
        harmonyAccess = account.map(Self.access)
        hasSecret = client != nil
        let clientAccess = client.map { Self.access($0, tokenEndpoint: tokenEndpoint) }
        guard let access = clientAccess ?? harmonyAccess else {
            throw CredentialProblem(
                field: "client_secret",
                "give app_id with client_secret, or a service account: project_id, key_id, sub_account and private_key")
        }
        coreAccess = access
    }

    public var environments: [ProviderEnvironment] { [.only] }
    public var appIdentifier: String { projectID ?? appID ?? "" }

    public var summary: [String: String] {
        var summary = [
            "authentication": [hasSecret ? "oauth" : nil, harmonyAccess == nil ? nil : "jwt"].compactMap { $0 }.joined(separator: ", ")
        ]
        summary["app_id"] = appID
        summary["project_id"] = projectID
        if origin != HMSEndpoint.origin { summary["endpoint"] = origin }
        return summary
    }

    /// The URL for devices with HMS Core; by project where the app isn't named.
    var coreURL: String? {
        if let appID { return HMSEndpoint.v1(appID: appID, origin: origin) }
        return projectID.map { HMSEndpoint.v2(projectID: $0, origin: origin) }
    }

    var harmonyURL: String? { projectID.map { HMSEndpoint.v3(projectID: $0, origin: origin) } }
}

extension HMSCredential {
    private static func client(_ fields: CredentialFields) throws(CredentialProblem) -> HMSOAuthClient? {
        guard let secret = try fields.text("client_secret") else { return nil }
        let appID = try fields.required("app_id", "AppGallery Connect shows it beside the client secret")
        do {
            return try HMSOAuthClient(clientID: appID, clientSecret: secret)
        } catch {
            throw CredentialProblem(error)
        }
    }

    /// Signs once, so that a key that can't is found now.
    private static func account(_ fields: CredentialFields, now: Date) throws(CredentialProblem) -> HMSServiceAccount? {
        guard let privateKey = try fields.text("private_key") else { return nil }
        let what = "it stands in the downloaded service account file"
        let (projectID, keyID) = (try fields.required("project_id", what), try fields.required("key_id", what))
        let subAccount = try fields.required("sub_account", what)
        do {
            let account = try HMSServiceAccount(projectID: projectID, keyID: keyID, subAccount: subAccount, privateKeyPEM: privateKey)
            _ = try account.accessToken(now: now)
            return account
        } catch {
            throw CredentialProblem(error)
        }
    }

    private static func access(_ account: HMSServiceAccount) -> RenewableToken {
        RenewableToken { _, now in
            do throws(HMSError) {
                return .success(.init(try account.accessToken(now: now), now: now))
            } catch {
                return .failure(.init(isPermanent: true, reason: error.description))
            }
        }
    }

    private static func access(_ client: HMSOAuthClient, tokenEndpoint: String) -> RenewableToken {
        RenewableToken { transport, now in
            await RenewableToken.post(client.form, to: tokenEndpoint, over: transport) { reply in
                do throws(HMSError) {
                    return .success(.init(try HMSOAuthClient.read(status: reply.status, body: reply.body), now: now))
                } catch {
                    return .failure(.init(isPermanent: error.code == .refused, reason: error.description))
                }
            }
        }
    }
}

extension AccessTokenCache.AccessToken {
    init(_ token: HMSAccessToken, now: Date) {
        self.init(value: token.value, expiresAt: now.addingTimeInterval(Double(token.lifetimeSeconds)))
    }
}

extension CredentialProblem {
    init(_ error: HMSError) { self.init(field: error.field ?? "", error.message) }
}
