/// Where a listener keeps its identity when nobody says otherwise (XDG Base Directory Specification: state).
struct IdentityLocation {
    let environment: [String: String]

    /// - Returns: one file per server; nil when there is no home folder.
    func path(for access: ServerAccess) -> String? {
        stateFolder.map { "\($0)/herald/listen-\(access.fileName).json" }
    }

    private var stateFolder: String? {
        // A relative path there is to be ignored, says the specification.
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return state }
        guard let home = environment["HOME"], !home.isEmpty else { return nil }
        return home + "/.local/state"
    }
}
