import Testing

@testable import PushServer

@Suite struct OpenAPITests {
    @Test func everyNativeRouteIsDescribedAndNothingElse() async throws {
        let routed = try await NativeRoutes().names
        let described = Self.described(in: String(decoding: PackageResources.openapi_yaml, as: UTF8.self))
        #expect(routed.count > 50)
        #expect(routed.subtracting(described).sorted() == [], "routed, but not described")
        #expect(described.subtracting(routed).sorted() == [], "described, but not routed")
    }

    /// The operations below `paths:`. The file is kept in one layout: paths are indented by two spaces, methods by four.
    private static func described(in yaml: String) -> Set<String> {
        var operations = Set<String>(), path = ""
        let lines = yaml.split(separator: "\n").drop { $0 != "paths:" }.dropFirst().prefix { $0.hasPrefix(" ") }
        for line in lines where line.hasSuffix(":") {
            let name = line.drop { $0 == " " }.dropLast()
            switch line.count - 1 - name.count {
            case 2: path = String(name)
            case 4: operations.insert("\(name.uppercased()) \(path)")
            default: continue
            }
        }
        return operations
    }
}
