/// The provider's word for a refusal, as its reply has it.
enum ReplyReason {
    /// - Returns: nil for a success, and where there is no word.
    static func of(_ reply: SimulatorReply) -> String? {
        if let word = reply.header("x-wns-error-description") { return word }
        if let word = reply.header("x-wns-status"), word != "received" { return word }
        guard !reply.body.isEmpty, let json = reply.status == 200 ? huawei(reply.body) : JSONText(reply.body) else { return nil }
        if let code = json["code"]?.string { return code == "80000000" ? nil : code }
        if let details = json["error"]?["details"]?.array, let code = details.lazy.compactMap({ $0["errorCode"]?.string }).first {
            return code
        }
        return json["reason"]?.string ?? json["error"]?["status"]?.string ?? json["error"]?.string
    }

    /// Of the providers only Huawei refuses with 200; nobody else's success is parsed.
    private static func huawei(_ body: [UInt8]) -> JSONText? { body.starts(with: #"{"code""#.utf8) ? JSONText(body) : nil }
}
