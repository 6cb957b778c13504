extension AudienceCondition {
    /// The same, without what goes without saying.
    public static func allOf(_ parts: [AudienceCondition]) -> AudienceCondition {
        let flat = parts.flatMap { part in if case .all(let inner) = part { inner } else { [part] } }
        if flat.contains(.never) { return .never }
        return flat.count == 1 ? flat[0] : .all(flat)
    }

    /// The same, without what goes without saying.
    public static func anyOf(_ parts: [AudienceCondition]) -> AudienceCondition {
        let flat = parts.flatMap { part in if case .any(let inner) = part { inner } else { [part] } }
        if flat.contains(.always) { return .always }
        return flat.count == 1 ? flat[0] : .any(flat)
    }

    public var negation: AudienceCondition {
        switch self {
        case .not(let condition): condition
        case .always: .never
        case .never: .always
        default: .not(self)
        }
    }

    /// What is left to be asked of devices of that provider, and of that time zone unless it is nil. ``never``: none of them is meant.
    public func assuming(provider: ProviderName, timeZone: String?) -> AudienceCondition {
        simplified { term in
            switch term {
            case .isOneOf(.device(.provider), let values): values.contains(.string(provider.rawValue))
            case .has(.device(.provider)): true
            case .isOneOf(.device(.timeZone), let values): timeZone.map { !$0.isEmpty && values.contains(.string($0)) }
            case .has(.device(.timeZone)): timeZone.map { !$0.isEmpty }
            default: nil
            }
        }
    }

    /// - Parameter known: whether a term is true; nil for those that must be asked.
    private func simplified(_ known: (AudienceTerm) -> Bool?) -> AudienceCondition {
        switch self {
        case .term(let term): known(term).map { $0 ? .always : .never } ?? self
        case .not(let condition): condition.simplified(known).negation
        case .all(let parts): Self.allOf(parts.map { $0.simplified(known) })
        case .any(let parts): Self.anyOf(parts.map { $0.simplified(known) })
        }
    }
}
