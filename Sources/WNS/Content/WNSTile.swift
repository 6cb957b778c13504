/// What the App's tile shows (Microsoft Learn, "Tile content"). No member is XML: all are escaped.
public struct WNSTile: Sendable, Hashable {
    public enum Template: String, Sendable, Hashable, CaseIterable {
        case small = "TileSmall"
        case medium = "TileMedium"
        case wide = "TileWide"
        case large = "TileLarge"
    }

    /// What the tile shows at one of its sizes.
    public struct Binding: Sendable, Hashable {
        public var template: Template
        public var lines: [String]
        public var backgroundImage: String?
        public init(_ template: Template, lines: [String], backgroundImage: String? = nil) {
            self.template = template
            self.lines = lines
            self.backgroundImage = backgroundImage
        }
    }

    public var bindings: [Binding]
    public init(_ bindings: [Binding]) { self.bindings = bindings }

    public var xml: String {
        let all = bindings.map { binding in
            let image = binding.backgroundImage.map { element("image", [("placement", "background"), ("src", $0)]) } ?? ""
            return element("binding", [("template", binding.template.rawValue)], image + texts(binding.lines))
        }
        return element("tile", [], element("visual", [], all.joined()))
    }
}
