import JSON

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A message as somebody wrote it. It is read to be checked; it may have members that we don't know.
struct RawMessage {
    private let members: [String: JSONValue]
    /// Nil when something in it isn't what we know.
    private let known: FCMMessage?

    /// - Parameter text: a JSON object, its names in either spelling: FCM takes both.
    /// - Throws: `invalidJSON`.
    init(_ text: String) throws(FCMError) {
        let json = Data(text.utf8)
        guard let members = try? JSONDecoder().decode([String: JSONValue].self, from: json) else {
            throw FCMError(.invalidJSON, "this is no JSON object")
        }
        self.members = members
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        known = try? decoder.decode(FCMMessage.self, from: json)
    }

    /// What FCM would refuse, as far as we know it.
    /// - Throws: `invalidJSON`, `invalidField`, `tooLarge`.
    func check() throws(FCMError) {
        for target in FCMTarget.members where members[target] != nil {
            throw FCMError(.invalidJSON, field: target, "the target is not part of the message; leave it out")
        }
        for around in ["message", "validate_only", "validateOnly"] where members[around] != nil {
            throw FCMError(.invalidJSON, field: around, "give what stands inside `message`, not what stands around it")
        }
        try FCM.check(!members.isEmpty, "message", "there is nothing in it: give data or a notification")
        try Self.checkTexts(members["data"], "data")
        for platform in ["android", "webpush"] { try Self.checkTexts(members[platform]?["data"], "\(platform).data") }
        try known?.check()
        try checkSize(payloadBytes, FCMLimits.payloadBytes)
    }

    /// - Throws: `invalidField` naming the first value, by its key, that is no text: FCM refuses numbers there.
    private static func checkTexts(_ data: JSONValue?, _ field: String) throws(FCMError) {
        guard case .object(let members)? = data else { return }
        for (key, value) in members.sorted(by: { $0.key < $1.key }) {
            guard case .string = value else {
                throw FCMError(.invalidField, field: "\(field).\(key)", "values in data are texts: write \"1\", not 1")
            }
        }
        try checkData(members.mapValues { _ in "" }, field)
    }

    /// As ``FCMMessage/payloadBytes``.
    var payloadBytes: Int {
        if let known { return known.payloadBytes }
        let notification = members["notification"]?.textBytes ?? 0
        return notification + max(members["data"]?.textBytes ?? 0, members["android"]?["data"]?.textBytes ?? 0)
    }
}
