using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace KvpRpc.Repository.Tests;

/// <summary>What an assembly that was built refers to and shows, read from its metadata without loading it.</summary>
internal sealed class BuiltAssembly
{
    private BuiltAssembly(string path)
    {
        using PEReader file = new(File.OpenRead(path));
        MetadataReader reader = file.GetMetadataReader();
        References = reader.AssemblyReferences.Select(handle => NameOf(reader, handle)).ToHashSet();
        ReferencedTypes = reader.TypeReferences.Select(handle => NameOf(reader, handle)).ToHashSet();
        ReferencedMembers = reader.MemberReferences.Select(handle => NameOf(reader, handle)).OfType<string>()
            .ToHashSet();
        PublicTypes = [.. reader.TypeDefinitions.Select(reader.GetTypeDefinition)
            .Where(type => (type.Attributes & TypeAttributes.VisibilityMask) is TypeAttributes.Public)
            .Select(type => $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}")];
    }

    internal IReadOnlySet<string> References { get; }

    /// <summary>Gets the types of other assemblies that are used anywhere, even by code that the compiler
    /// made.</summary>
    internal IReadOnlySet<string> ReferencedTypes { get; }

    /// <summary>Gets the members of such types, without their parameters.</summary>
    internal IReadOnlySet<string> ReferencedMembers { get; }

    internal IReadOnlyList<string> PublicTypes { get; }

    /// <summary>Reads the assembly of a project, built as these tests were.</summary>
    /// <param name="project">The project's name.</param>
    /// <param name="framework">The target framework, where the project has several.</param>
    internal static BuiltAssembly Of(string project, string? framework = null)
    {
        string configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        string pivot = framework is null ? configuration : $"{configuration}_{framework}";
        string path = Tree.FullPath($"artifacts/bin/{project}/{pivot}/{project}.dll");
        Assert.True(File.Exists(path), $"{project} is not built ({pivot}). These tests need: dotnet build KvpRpc.sln");
        return new(path);
    }

    private static string NameOf(MetadataReader reader, AssemblyReferenceHandle handle) =>
        reader.GetString(reader.GetAssemblyReference(handle).Name);

    private static string NameOf(MetadataReader reader, TypeReferenceHandle handle)
    {
        TypeReference type = reader.GetTypeReference(handle);
        string name = reader.GetString(type.Name);
        return type.ResolutionScope.Kind is HandleKind.TypeReference
            ? $"{NameOf(reader, (TypeReferenceHandle)type.ResolutionScope)}.{name}"
            : $"{reader.GetString(type.Namespace)}.{name}";
    }

    private static string? NameOf(MetadataReader reader, MemberReferenceHandle handle)
    {
        MemberReference member = reader.GetMemberReference(handle);
        return member.Parent.Kind is HandleKind.TypeReference
            ? $"{NameOf(reader, (TypeReferenceHandle)member.Parent)}.{reader.GetString(member.Name)}"
            : null;
    }
}
