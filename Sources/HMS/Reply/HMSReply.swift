import JSON

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What Huawei answers to `messages:send`. Status 200 says little: ``code`` decides.
public struct HMSReply: Sendable, Hashable {
    public let code: HMSResultCode
    /// For people; for a partial success it is JSON, see ``partialResult``.
    public let message: String
    public let requestID: String?
    /// Who got it and who did not, where the answer tells.
    public let partialResult: HMSPartialResult?

    /// - Parameter body: `{"code":"80000000","msg":"Success","requestId":"…"}`
    /// - Returns: nil when it isn't an answer of Push Kit: a gateway in front of it may say anything.
    public init?(body: [UInt8]) {
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(body)) else { return nil }
        code = HMSResultCode(rawValue: answer.code.text)
        requestID = answer.requestId
        message = answer.msg?.text ?? ""
        partialResult = HMSPartialResult(message: message)
    }

    private struct Answer: Decodable {
        let code: Text
        let msg: Text?
        let requestId: String?
    }

    private struct Text: Decodable {
        let text: String
        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let string = try? value.decode(String.self) {
                text = string
            } else {
                text = String(decoding: encodedJSON(try value.decode(JSONValue.self)), as: UTF8.self)
            }
        }
    }
}

/// The JSON inside ``HMSReply/message``: `{"success":1,"failure":1,"illegal_tokens":["…"]}` in v1 and v2,
/// `{"success":…,"failure":…,"illegalTokens":{"<reason>":["…"]}}` in v3.
public struct HMSPartialResult: Sendable, Hashable {
    public let success: Int?
    public let failure: Int?
    /// Why each token was left out, by token; v1 and v2 give no reason, so theirs is ``HMSTokenFault/illegal``.
    public let faults: [String: HMSTokenFault]

    init?(message: String) {
        guard message.utf8.first == UInt8(ascii: "{"),
            let result = try? JSONDecoder().decode(Result.self, from: Data(message.utf8))
        else { return nil }
        success = result.success
        failure = result.failure
        var faults: [String: HMSTokenFault] = [:]
        for token in result.illegal_tokens ?? [] { faults[token] = .illegal }
        for (reason, tokens) in result.illegalTokens ?? [:] {
            for token in tokens { faults[token] = HMSTokenFault(rawValue: reason) }
        }
        self.faults = faults
    }

    private struct Result: Decodable {
        let success: Int?
        let failure: Int?
        let illegal_tokens: [String]?
        let illegalTokens: [String: [String]]?
    }
}
