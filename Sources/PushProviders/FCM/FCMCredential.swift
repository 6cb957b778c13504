import FCM
import HTTPTransport
public import JSON
public import PushSender

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An App's way into a Firebase project.
///
/// Fields: `service_account`, the file that the Firebase console lets one download, as a JSON object or as its text; optionally
/// `project_id`, another project that the account may send for, `endpoint` and `token_endpoint`, which stand in for Google's.
public struct FCMCredential: ProviderCredential {
    public static let provider = ProviderName.fcm
    public static let fieldNames: Set = ["service_account", "project_id", "endpoint", "token_endpoint"]

    let projectID: String
    let origin: String
    /// Shared by all copies of the credential.
    let access: RenewableToken
    private let clientEmail: String

    public init(_ fields: JSONValue, now: Date) throws(CredentialProblem) {
        let account = try Self.account(fields, now: now)
        let fields = try CredentialFields(fields)
        projectID = try Self.projectID(fields) ?? account.projectID
        origin = try fields.origin("endpoint") ?? FCMEndpoint.origin
        clientEmail = account.clientEmail
        access = Self.access(account, tokenEndpoint: try fields.url("token_endpoint") ?? account.tokenURI)
    }

    public var environments: [ProviderEnvironment] { [.only] }
    public var appIdentifier: String { projectID }

    public var summary: [String: String] {
        var summary = ["project_id": projectID, "client_email": clientEmail]
        if origin != FCMEndpoint.origin { summary["endpoint"] = origin }
        return summary
    }

    var url: String { FCMEndpoint.send(project: projectID, origin: origin) }
}

extension FCMCredential {
    private static func projectID(_ fields: CredentialFields) throws(CredentialProblem) -> String? {
        guard let id = try fields.text("project_id") else { return nil }
        // `example.com:project` is an old form of it.
        let isID = id.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: [UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":")].contains(byte)
            }
        }
        guard isID else {
            throw CredentialProblem(field: "project_id", "take the id, or the number, that the project's settings show: a-z, 0-9 and -")
        }
        return id
    }

    /// Signs once, so that a key that can't is found now.
    private static func account(_ fields: JSONValue, now: Date) throws(CredentialProblem) -> FCMServiceAccount {
        let json: [UInt8]
        switch fields["service_account"] {
        case .string(let text): json = Array(text.utf8)
        case .object(let members): json = JSONText.bytes(of: JSONValue.object(members))
        default:
            throw CredentialProblem(
                field: "service_account", "it is missing: download it in the Firebase console, project settings, service accounts")
        }
        do throws(FCMError) {
            let account = try FCMServiceAccount(json: json)
            _ = try account.tokenRequest(now: now)
            return account
        } catch {
            throw CredentialProblem(field: member(error.field), error.message)
        }
    }

    /// - Parameter field: of the file; nil for the file itself.
    static func member(_ field: String?) -> String { ["service_account", field].compactMap { $0 }.joined(separator: ".") }

    private static func access(_ account: FCMServiceAccount, tokenEndpoint: String) -> RenewableToken {
        RenewableToken { transport, now in
            let form: [UInt8]
            do throws(FCMError) {
                form = try account.tokenRequest(now: now)
            } catch {
                return .failure(.init(error))
            }
            return await RenewableToken.post(form, to: tokenEndpoint, over: transport) { reply in
                do throws(FCMError) {
                    let token = try FCMAccessToken(status: reply.status, body: reply.body)
                    return .success(.init(value: token.value, expiresAt: now.addingTimeInterval(Double(token.lifetimeSeconds))))
                } catch {
                    return .failure(.init(error))
                }
            }
        }
    }
}

extension AccessTokenCache.Refusal {
    fileprivate init(_ error: FCMError) {
        self.init(isPermanent: error.code != .unavailable, field: FCMCredential.member(error.field), reason: error.message)
    }
}
