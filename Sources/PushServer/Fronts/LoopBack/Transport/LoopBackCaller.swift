/// Who asks, and what they may.
struct LoopBackCaller: Sendable {
    struct Rights: OptionSet, Sendable {
        let rawValue: Int
        /// To make installations, and to read, change and remove those whose ids one knows.
        static let register = Rights(rawValue: 1)
        /// To send to whom one names.
        static let send = Rights(rawValue: 2)
        /// To list, count, query, send to whoever fits, and to see to applications.
        static let everything: Rights = [.register, .send, Rights(rawValue: 4)]
    }

    let rights: Rights
    /// Whose App's name it may do that for; nil: everybody's.
    let appName: String?

    static let owner = LoopBackCaller(rights: .everything, appName: nil)
    static let stranger = LoopBackCaller(rights: .register, appName: nil)

    var mayDoEverything: Bool { rights.isSuperset(of: .everything) && appName == nil }

    func requireEverything() throws(LoopBackError) {
        guard !mayDoEverything else { return }
        throw .denied("this takes the key of the setting loopback.key, or an admin key of the App default")
    }

    /// - Parameter appName: whose the installation is; nil: nobody's yet.
    func require(_ right: Rights, for appName: String?) throws(LoopBackError) {
        guard rights.isSuperset(of: right) else {
            throw .denied("this key is not for it: `herald keys create --scope \(right == .send ? "send" : "register")` makes one that is")
        }
        if let mine = self.appName, let appName, mine != appName {
            throw .denied("this key is for installations whose appId is \(mine)")
        }
    }
}
