namespace KvpRpc.Generator.Tests.Contracts;

/// <summary>Every type that can cross.</summary>
[KvpService]
public interface IValues : IPrimitiveValues, IObjectValues
{
}

/// <summary>Every collection that can cross.</summary>
[KvpService]
public interface ICollections : ICollectionValues
{
}
