package dev.realtime.sample.contact;

/**
 * How far the deal with a contact has come.
 */
enum Stage {

	LEAD("Lead"), QUALIFIED("Qualified"), PROPOSAL("Proposal"), WON("Won"), LOST("Lost");

	private final String label;

	Stage(String label) {
		this.label = label;
	}

	public String getLabel() {
		return this.label;
	}

}
