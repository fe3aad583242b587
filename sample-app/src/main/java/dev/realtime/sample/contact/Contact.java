package dev.realtime.sample.contact;

import java.time.Instant;

/**
 * A contact, as the API answers it.
 *
 * @param id the id, unique across tenants
 * @param name the name of the person
 * @param company where the person works
 * @param email the address, possibly empty
 * @param phone the number, possibly empty
 * @param stage how far the deal has come
 * @param dealValue what the deal is worth, in euros
 * @param note what users write down, possibly empty
 * @param owner the user who looks after the contact
 * @param version counts the changes
 * @param changedBy the user of the last change
 * @param changedAt the time of the last change
 */
record Contact(long id, String name, String company, String email, String phone, Stage stage, long dealValue,
		String note, String owner, int version, String changedBy, Instant changedAt) {

}
